import type { OutboxEvent, Severity } from '@tocsin/contract'
import type { NtfySettings } from '../channels/ntfy.ts'
import { blocksOf, fitBlocks } from './blocks.ts'
import { cut, cutBytes } from './cut.ts'
import { dedupKey } from './dedup-key.ts'
import { headline } from './headline.ts'
import { markdown, plain } from './markups.ts'
import { linksOf, safeLink } from './present.ts'
import type { Say } from './say.ts'

/** ntfy's limits: bytes of a message, above which it becomes a file; characters of a title; buttons. */
const LONGEST_MESSAGE = 4096
const LONGEST_TITLE = 250
const MOST_ACTIONS = 3

const priorities: Readonly<Record<Severity, number>> = { critical: 5, high: 4, medium: 3, low: 2 }
const words: Readonly<Record<string, number>> = { min: 1, low: 2, default: 3, high: 4, urgent: 5, max: 5 }
const signs: Readonly<Record<Severity, string>> = {
  critical: 'rotating_light',
  high: 'warning',
  medium: 'large_yellow_circle',
  low: 'information_source',
}

/** A message as ntfy takes it in JSON. An end replaces its alert on the phone. */
export function ntfyMessage(event: OutboxEvent, given: NtfySettings, say: Say) {
  const isEnd = event.kind === 'alerts' && event.status === 'resolved'
  const click = say.body(given.click, () => clickOf(event) ?? '')
  const icon = say.body(given.icon, () => '')
  const actions = actionsOf(event)
  return {
    topic: say.route(given.topic),
    title: cut(say.text(given.title, () => headline(event)) || headline(event), LONGEST_TITLE),
    message: cutBytes(
      say.text(given.message, () => textOf(event, given)),
      LONGEST_MESSAGE,
    ),
    priority: given.priority
      ? priorityOf(say.body(given.priority, () => String(priorities[event.severity])))
      : isEnd
        ? 3
        : priorities[event.severity],
    tags: tagsOf(given, say) ?? [
      isEnd ? 'white_check_mark' : event.kind === 'digest' ? 'newspaper' : signs[event.severity],
    ],
    ...(given.markdown && { markdown: true }),
    ...(click && { click }),
    ...(icon && { icon }),
    ...(given.email && { email: say.route(given.email) }),
    ...(actions.length > 0 && { actions }),
    sequence_id: dedupKey(event),
  }
}

function textOf(event: OutboxEvent, given: NtfySettings): string {
  const hidden = event.kind === 'alerts' ? event.truncatedAlerts : 0
  const measure = (text: string) => Buffer.byteLength(text)
  return fitBlocks(blocksOf(event, given.markdown ? markdown : plain), LONGEST_MESSAGE, { hidden, measure })
}

function tagsOf({ tags }: NtfySettings, say: Say): string[] | undefined {
  return tags?.map((tag) => say.body(tag, () => '').trim()).filter((tag) => tag !== '')
}

/** What a template makes of it is one of ntfy's words or numbers; anything else is its default. */
function priorityOf(text: string): number {
  const number = words[text.trim().toLowerCase()] ?? Number(text)
  return Number.isInteger(number) && number >= 1 && number <= 5 ? number : 3
}

function clickOf(event: OutboxEvent): string | undefined {
  if (event.kind !== 'alerts') return undefined
  return event.alerts.flatMap(linksOf)[0]?.href ?? safeLink(event.externalURL)
}

/** The links of the first alert that fires. */
function actionsOf(event: OutboxEvent) {
  if (event.kind !== 'alerts') return []
  const alert = event.alerts.find(({ status }) => status === 'firing')
  const links = alert ? linksOf(alert) : []
  return links.slice(0, MOST_ACTIONS).map(({ text, href }) => ({ action: 'view', label: text, url: href }))
}
