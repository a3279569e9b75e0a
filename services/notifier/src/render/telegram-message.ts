import type { OutboxEvent } from '@tocsin/contract'
import type { TelegramSettings } from '../channels/telegram.ts'
import { blocksOf, fitBlocks } from './blocks.ts'
import { cut, printable } from './cut.ts'
import { headline } from './headline.ts'
import { plain, telegramHtml } from './markups.ts'
import type { Say } from './say.ts'

/** Telegram's limit, in characters after its markup is read. */
const LONGEST = 4096

export interface TelegramMessage {
  readonly text: string
  readonly parse_mode?: string
}

/** The text of a message and how it is marked up: as configured, or ours in HTML. */
export function telegramText(event: OutboxEvent, given: TelegramSettings, say: Say): TelegramMessage {
  const mode = given.parse_mode
  const configured = mode === 'HTML' ? say.html(given.message, () => '') : say.text(given.message, () => '')
  if (configured.trim() === '') return { text: oursWithin(event), parse_mode: 'HTML' }
  if (configured.length <= LONGEST) return { text: configured, ...(mode && { parse_mode: mode }) }
  // Cut in the middle of its markup it would be refused: it is shown as it stands.
  return withoutMarkup({ text: configured, parse_mode: mode })
}

/** The same message as bare text: HTML loses its tags, and other markup is shown as it stands. */
export function withoutMarkup<T extends TelegramMessage>({ parse_mode: mode, text, ...rest }: T) {
  return { ...rest, text: cut(printable(mode === 'HTML' ? withoutTags(text) : text), LONGEST) }
}

const entities: Readonly<Record<string, string>> = {
  lt: '<',
  gt: '>',
  quot: '"',
  '#34': '"',
  '#39': "'",
  amp: '&',
}

function withoutTags(text: string): string {
  return text.replace(/<[^>]*>/g, '').replace(/&(#?\w+);/g, (all, name) => entities[String(name)] ?? all)
}

function oursWithin(event: OutboxEvent): string {
  const title = telegramHtml.bold(plain.text(headline(event)))
  const hidden = event.kind === 'alerts' ? event.truncatedAlerts : 0
  return `${title}\n\n${fitBlocks(blocksOf(event, telegramHtml), LONGEST - title.length - 2, { hidden })}`.trim()
}
