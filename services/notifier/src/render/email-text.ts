import type { OutboxAlerts, OutboxDigest, OutboxEvent, OutboxMessage, WebhookAlert } from '@tocsin/contract'
import { acknowledgeLink } from './acknowledge-link.ts'
import { headline } from './headline.ts'
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
import { silenceLink } from './silence-link.ts'

const MOST_SHOWN = 100

/** An e-mail's text part: all that the HTML part says, for whoever reads without it. */
export function emailText(event: OutboxEvent): string {
  const blocks =
    event.kind === 'alerts'
      ? alertBlocks(event)
      : event.kind === 'message'
        ? messageBlocks(event)
        : digestBlocks(event)
  const note = fallbackNote(event)
  return `${[headline(event), ...(note ? [note] : []), ...blocks, `-- \nSent by Tocsin to the receiver ${event.receiver}.`].join('\n\n')}\n`
}

function alertBlocks(event: OutboxAlerts): string[] {
  const { alerts, truncatedAlerts } = event
  const shown = alerts.slice(0, MOST_SHOWN).map((alert) => alertBlock(alert, event))
  const hidden = alerts.length - shown.length + truncatedAlerts
  return hidden > 0 ? [...shown, `and ${hidden} more`] : shown
}

function alertBlock(alert: WebhookAlert, event: OutboxAlerts): string {
  const { labels, annotations } = alert
  const links = [...linksOf(alert), ...acknowledgeLink(event, alert), ...silenceLink(event, labels)]
  return [
    stateOf(alert),
    annotations['summary'],
    annotations['description'],
    ...[...factsOf(labels), ...notesOf(annotations)].map(([name, value]) => `  ${name}: ${value}`),
    ...links.map(({ text, href }) => `  ${text}: ${href}`),
  ]
    .filter(Boolean)
    .join('\n')
}

function messageBlocks({ message, metadata, time, source }: OutboxMessage): string[] {
  const facts = metadataFacts(metadata).map(([name, value]) => `  ${name}: ${value}`)
  return [message.trim(), facts.join('\n'), `${humanTime(time)} from ${source}`].filter(Boolean)
}

function digestBlocks({ entries, from, to }: OutboxDigest): string[] {
  const sections = digestSections(entries).map(({ title, entries: shown }) => {
    const lines = shown.slice(0, MOST_SHOWN).flatMap((entry) => {
      const first = entry.text.split('\n')[0]
      const facts = metadataFacts(entry.metadata).map(([name, value]) => `    ${name}: ${value}`)
      return [`  ${entryTimes(entry)}  ${entry.title}${first ? `: ${first}` : ''}`, ...facts]
    })
    return [`${title} (${shown.length})`, ...lines].join('\n')
  })
  return [`${humanTime(from)} to ${humanTime(to)}`, ...sections]
}
