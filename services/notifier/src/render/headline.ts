import type { OutboxAlerts, OutboxDigest, OutboxEvent } from '@tocsin/contract'
import { digestSections } from './present.ts'

const LONGEST = 200

/** The one line that says it: the subject of an e-mail, the title in the delivery log. */
export function headline(event: OutboxEvent): string {
  const line =
    event.kind === 'alerts'
      ? `${alertsPrefix(event)} ${alertsTitle(event)}`
      : event.kind === 'digest'
        ? `[DIGEST:${event.entries.length}] ${event.heldFor === undefined ? '' : 'over the rate limit: '}${digestTitle(event)}`
        : `[${event.severity.toUpperCase()}] ${event.title}`
  return oneLine(`${fallbackMark(event)}${line}`)
}

/** Says to who is told instead for whom it was, and why these could not be told. */
function fallbackMark({ fallback }: OutboxEvent): string {
  return fallback ? `[FALLBACK for ${fallback.receiver}, ${fallback.channel}: ${fallback.reason}] ` : ''
}

function alertsPrefix({ alerts, status }: OutboxAlerts): string {
  const firing = alerts.filter((alert) => alert.status === 'firing').length
  return status === 'firing'
    ? `[FIRING:${firing}]`
    : alerts.length === 1
      ? '[RESOLVED]'
      : `[RESOLVED:${alerts.length}]`
}

/** The alert's name, and its summary where all alerts of the group have the same one. */
export function alertsTitle({ commonLabels, commonAnnotations, groupLabels }: OutboxAlerts): string {
  const name =
    commonLabels['alertname'] ??
    groupLabels['alertname'] ??
    (Object.values(groupLabels).join(' ') || 'Alerts')
  const summary = commonAnnotations['summary']
  return summary ? `${name} — ${summary}` : name
}

/** What a digest holds, in words: each alert as it was last. */
export function digestTitle({ entries }: OutboxDigest): string {
  const shown = digestSections(entries).flatMap((section) => section.entries)
  const count = (status: string) => shown.filter((entry) => entry.status === status).length
  const parts = [
    [count('firing'), 'still firing'],
    [count('resolved'), 'resolved'],
    [count('message'), count('message') === 1 ? 'message' : 'messages'],
  ] as const
  return parts
    .filter(([n]) => n > 0)
    .map(([n, word]) => `${n} ${word}`)
    .join(', ')
}

/** Control characters and line breaks have no place in a subject. */
function oneLine(text: string, longest = LONGEST): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must go
  const plain = text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ').trim()
  return plain.length > longest ? `${plain.slice(0, longest - 1)}…` : plain
}
