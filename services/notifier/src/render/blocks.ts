import type {
  DigestEntry,
  OutboxAlerts,
  OutboxDigest,
  OutboxEvent,
  OutboxMessage,
  WebhookAlert,
} from '@tocsin/contract'
import { acknowledgeLink } from './acknowledge-link.ts'
import { cut, printable } from './cut.ts'
import {
  digestSections,
  entryTimes,
  factsOf,
  fallbackNote,
  humanTime,
  linksOf,
  metadataFacts,
  notesOf,
  stateOf,
} from './present.ts'

/** How a service marks text up. Each is given raw text, and escapes it. */
export interface Markup {
  text(raw: string): string
  bold(raw: string): string
  code(raw: string): string
  link(raw: string, href: string): string
}

/** How much a block may say: of each text so many characters, and so many facts. */
interface Budget {
  readonly characters: number
  readonly facts: number
  readonly href: number
}
const budgets: readonly [Budget, ...Budget[]] = [
  { characters: 1500, facts: 30, href: 1000 },
  { characters: 400, facts: 20, href: 400 },
  { characters: 100, facts: 10, href: 200 },
  { characters: 40, facts: 5, href: 0 },
]

/** One alert, message or entry of a digest, as long or as short as there is room. */
export type Block = (budget: Budget) => string

const icons = { critical: '🔴', high: '🟠', medium: '🟡', low: '🔵' } as const

/** What a notification says beneath its headline, piece by piece: what fires first. */
export function blocksOf(event: OutboxEvent, markup: Markup): readonly Block[] {
  const note = fallbackNote(event)
  const blocks = contentBlocks(event, markup)
  return note ? [(budget: Budget) => markup.text(cut(note, 2 * budget.characters)), ...blocks] : blocks
}

function contentBlocks(event: OutboxEvent, markup: Markup): readonly Block[] {
  if (event.kind === 'message') return [messageBlock(event, markup)]
  if (event.kind === 'digest') return digestBlocks(event, markup)
  return firingFirst(event).map((alert) => alertBlock(alert, event, markup))
}

export function firingFirst({ alerts }: OutboxAlerts): readonly WebhookAlert[] {
  return [...alerts].sort((a, b) => Number(a.status === 'resolved') - Number(b.status === 'resolved'))
}

/** As many blocks as fit, each as full as all of them allow; what finds no room is counted. */
export function fitBlocks(
  blocks: readonly Block[],
  most: number,
  { hidden = 0, measure = (text: string) => text.length } = {},
): string {
  const more = (left: number) => (left > 0 ? `\n\nand ${left} more` : '')
  let text = ''
  for (const budget of budgets) {
    const room = most - measure(more(blocks.length + hidden))
    const joined = joinWithin(blocks, budget, room, measure)
    text = (joined.text + more(blocks.length - joined.shown + hidden)).trim()
    if (joined.shown === blocks.length) return text
  }
  return text
}

/** The first blocks, as long as they stay within the room. */
function joinWithin(
  blocks: readonly Block[],
  budget: Budget,
  room: number,
  measure: (text: string) => number,
): { readonly text: string; readonly shown: number } {
  const texts: string[] = []
  let used = 0
  for (const block of blocks) {
    const text = (texts.length > 0 ? '\n\n' : '') + block(budget)
    used += measure(text)
    if (used > room) break
    texts.push(text)
  }
  return { text: texts.join(''), shown: texts.length }
}

function alertBlock(alert: WebhookAlert, event: OutboxAlerts, markup: Markup): Block {
  const { annotations, labels } = alert
  // Of several, each link would cost the room of what another has to say.
  const acknowledging = event.alerts.length === 1 ? acknowledgeLink(event, alert) : []
  const links = [...linksOf(alert), ...acknowledging]
  const icon = alert.status === 'resolved' ? '✅' : icons[event.severity]
  const facts = [...factsOf(labels), ...notesOf(annotations)]
  return (budget) =>
    lines(
      `${icon} ${markup.bold(short(annotations['summary'] ?? labels['alertname'] ?? 'Alert', budget))}`,
      said(annotations['description'], budget, markup),
      factLine(facts, budget, markup),
      markup.text(stateOf(alert)),
      linkLine(links, budget, markup),
    )
}

function messageBlock({ message, metadata, time, source }: OutboxMessage, markup: Markup): Block {
  const facts = metadataFacts(metadata)
  return (budget) =>
    lines(
      said(message, { ...budget, characters: 2 * budget.characters }, markup),
      factLine(facts, budget, markup),
      markup.text(`${humanTime(time)} from ${short(source, budget)}`),
    )
}

function digestBlocks({ entries }: OutboxDigest, markup: Markup): readonly Block[] {
  return digestSections(entries).flatMap(({ title, entries: shown }) =>
    shown.map((entry, i): Block => {
      const heading = i === 0 ? `${title} · ${shown.length}` : undefined
      return (budget) => lines(heading && markup.bold(heading), entryLine(entry, budget, markup))
    }),
  )
}

function entryLine(entry: DigestEntry, budget: Budget, markup: Markup): string {
  const icon = entry.status === 'resolved' ? '✅' : entry.status === 'message' ? '💬' : icons[entry.severity]
  const title = `${icon} ${markup.bold(short(entry.title, budget))} ${markup.text(entryTimes(entry))}`
  return lines(
    title,
    said(entry.text, budget, markup),
    factLine(metadataFacts(entry.metadata), budget, markup),
  )
}

function factLine(
  facts: readonly (readonly [string, string])[],
  budget: Budget,
  markup: Markup,
): string | undefined {
  if (facts.length === 0) return undefined
  const shown = facts
    .slice(0, budget.facts)
    .map(([name, value]) => `${markup.text(short(name, budget))}: ${markup.code(short(value, budget))}`)
  const left = facts.length - shown.length
  return shown.join('  ') + (left > 0 ? `  +${left}` : '')
}

function linkLine(
  links: readonly { readonly text: string; readonly href: string }[],
  budget: Budget,
  markup: Markup,
): string | undefined {
  const shown = links.filter(({ href }) => href.length <= budget.href)
  return shown.map(({ text, href }) => markup.link(text, href)).join('  ') || undefined
}

function said(text: string | undefined, budget: Budget, markup: Markup): string | undefined {
  const trimmed = text === undefined ? '' : printable(text).trim()
  return trimmed === '' ? undefined : markup.text(cut(trimmed, budget.characters))
}

function short(text: string, { characters }: Budget): string {
  return cut(printable(text).replace(/\s+/g, ' ').trim(), characters)
}

function lines(...texts: readonly (string | undefined)[]): string {
  return texts.filter(Boolean).join('\n')
}
