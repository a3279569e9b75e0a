import type { OutboxAlerts, OutboxDigest, OutboxEvent, OutboxMessage, WebhookAlert } from '@tocsin/contract'
import { acknowledgeLink } from './acknowledge-link.ts'
import { headline } from './headline.ts'
import {
  colourOf,
  digestSections,
  entryTimes,
  factsOf,
  fallbackNote,
  linksOf,
  metadataFacts,
  stateOf,
} from './present.ts'

interface Section {
  readonly type: 'section'
  readonly text: { readonly type: 'mrkdwn'; readonly text: string }
}
interface Attachment {
  readonly color: string
  readonly fallback: string
  readonly blocks: Section[]
}
export interface SlackMessage {
  readonly text: string
  readonly attachments: Attachment[]
}

/** Slack's own limits: blocks in a message, characters in a section. */
const MOST_BLOCKS = 50
const MOST_CHARACTERS = 3000

/** A message for Slack's incoming webhook: the headline, then one coloured bar per state. */
export function slackMessage(event: OutboxEvent): SlackMessage {
  const line = escapeSlack(headline(event))
  const blocks = { left: MOST_BLOCKS }
  const attachments = (
    event.kind === 'alerts'
      ? alertBars(event)
      : event.kind === 'message'
        ? messageBars(event)
        : digestBars(event)
  ).flatMap(([color, texts]) => bar(color, line, texts, blocks))
  const note = fallbackNote(event)
  return { text: note ? `*${line}*\n${escapeSlack(note)}` : `*${line}*`, attachments }
}

/** What Slack gives a meaning to; the rest of its markup is harmless. */
export function escapeSlack(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

type Bar = readonly [color: string, texts: readonly string[]]

function bar(
  color: string,
  fallback: string,
  texts: readonly string[],
  blocks: { left: number },
): Attachment[] {
  if (texts.length === 0 || blocks.left === 0) return []
  // The last block of all says how many found no room.
  const room = blocks.left
  const shown =
    texts.length <= room ? texts : [...texts.slice(0, room - 1), `_and ${texts.length - room + 1} more_`]
  blocks.left -= shown.length
  return [{ color, fallback, blocks: shown.map(section) }]
}

function section(text: string): Section {
  return { type: 'section', text: { type: 'mrkdwn', text: cut(text) } }
}

/** Cut to Slack's limit, but not in the middle of an entity. */
function cut(text: string): string {
  if (text.length <= MOST_CHARACTERS) return text
  return `${text.slice(0, MOST_CHARACTERS - 1).replace(/&[a-z]{0,3}$/, '')}…`
}

function alertBars(event: OutboxAlerts): Bar[] {
  const { alerts, severity } = event
  const of = (status: WebhookAlert['status']) =>
    alerts.filter((alert) => alert.status === status).map((alert) => alertText(alert, event))
  return [
    [colourOf(severity, 'firing'), of('firing')],
    [colourOf(severity, 'resolved'), of('resolved')],
  ]
}

/** What is said of each alert, in Slack's markup. */
export function slackTexts(event: OutboxAlerts): readonly string[] {
  return event.alerts.map((alert) => alertText(alert, event))
}

function alertText(alert: WebhookAlert, event: OutboxAlerts): string {
  const { annotations, labels } = alert
  const facts = factsOf(labels).map(([name, value]) => `${escapeSlack(name)}: \`${code(value)}\``)
  const links = [...linksOf(alert), ...acknowledgeLink(event, alert)].map(
    ({ text, href }) => `<${escapeSlack(href).replaceAll('|', '%7C')}|${text}>`,
  )
  return [
    `*${escapeSlack(annotations['summary'] ?? labels['alertname'] ?? 'Alert')}*`,
    escapeSlack(annotations['description'] ?? ''),
    facts.join('  '),
    stateOf(alert),
    links.join('  '),
  ]
    .filter(Boolean)
    .join('\n')
}

function messageBars({ message, metadata, severity }: OutboxMessage): Bar[] {
  const texts = [escapeSlack(message.trim()), slackFacts(metadata)].filter(Boolean)
  return [[colourOf(severity, 'message'), texts]]
}

function slackFacts(metadata: OutboxMessage['metadata'] | undefined): string {
  return metadataFacts(metadata)
    .map(([name, value]) => `*${escapeSlack(name)}*: ${escapeSlack(value)}`)
    .join('\n')
}

function digestBars({ entries }: OutboxDigest): Bar[] {
  return digestSections(entries).map(({ title, entries: shown }) => [
    colourOf('low', shown[0]?.status ?? 'message'),
    [
      `*${title} · ${shown.length}*`,
      ...shown.map((entry) =>
        [
          `*${escapeSlack(entry.title)}*  ${entryTimes(entry)}`,
          escapeSlack(entry.text),
          slackFacts(entry.metadata),
        ]
          .filter(Boolean)
          .join('\n'),
      ),
    ],
  ])
}

/** Inside a code span a back-tick would end it. */
function code(text: string): string {
  return escapeSlack(text.replaceAll('`', "'"))
}
