import type { OutboxAlerts, OutboxDigest, OutboxEvent, OutboxMessage, WebhookAlert } from '@tocsin/contract'
import { headline } from './headline.ts'
import { digestSections, factsOf, humanTime, lastedText, linksOf, notesOf, valueText } from './present.ts'

const MOST_SHOWN = 100

/** An e-mail's text part: all that the HTML part says, for whoever reads without it. */
export function emailText(event: OutboxEvent): string {
  const blocks =
    event.kind === 'alerts'
      ? alertBlocks(event)
      : event.kind === 'message'
        ? messageBlocks(event)
        : digestBlocks(event)
  return `${[headline(event), ...blocks, `-- \nSent by Tocsin to the receiver ${event.receiver}.`].join('\n\n')}\n`
}

function alertBlocks({ alerts, truncatedAlerts }: OutboxAlerts): string[] {
  const shown = alerts.slice(0, MOST_SHOWN).map(alertBlock)
  const hidden = alerts.length - shown.length + truncatedAlerts
  return hidden > 0 ? [...shown, `and ${hidden} more`] : shown
}

function alertBlock(alert: WebhookAlert): string {
  const { labels, annotations } = alert
  const lasted = lastedText(alert)
  const state =
    alert.status === 'firing'
      ? `Firing since ${humanTime(alert.startsAt)}`
      : `Resolved ${humanTime(alert.endsAt)}${lasted ? ` after ${lasted}` : ''}`
  return [
    state,
    annotations['summary'],
    annotations['description'],
    ...[...factsOf(labels), ...notesOf(annotations)].map(([name, value]) => `  ${name}: ${value}`),
    ...linksOf(alert).map(({ text, href }) => `  ${text}: ${href}`),
  ]
    .filter(Boolean)
    .join('\n')
}

function messageBlocks({ message, metadata, time, source }: OutboxMessage): string[] {
  const facts = Object.entries(metadata).map(([name, value]) => `  ${name}: ${valueText(value)}`)
  return [message.trim(), facts.join('\n'), `${humanTime(time)} from ${source}`].filter(Boolean)
}

function digestBlocks({ entries, from, to }: OutboxDigest): string[] {
  const sections = digestSections(entries).map(({ title, entries: shown }) => {
    const lines = shown.slice(0, MOST_SHOWN).map(({ title: name, text, time }) => {
      const first = text.split('\n')[0]
      return `  ${humanTime(time)}  ${name}${first ? `: ${first}` : ''}`
    })
    return [`${title} (${shown.length})`, ...lines].join('\n')
  })
  return [`${humanTime(from)} to ${humanTime(to)}`, ...sections]
}
