import type { DigestEntry, OutboxEvent, Severity, WebhookAlert } from '@tocsin/contract'

/** Colours that read on white, and with white text on them. */
const severityColours: Readonly<Record<Severity, string>> = {
  critical: '#b91c1c',
  high: '#c2410c',
  medium: '#a16207',
  low: '#1d4ed8',
}
const RESOLVED_COLOUR = '#15803d'

export function colourOf(severity: Severity, status: 'firing' | 'resolved' | 'message'): string {
  return status === 'resolved' ? RESOLVED_COLOUR : severityColours[severity]
}

export function colourOfEvent(event: OutboxEvent): string {
  return colourOf(event.severity, event.kind === 'alerts' ? event.status : 'message')
}

/** `2026-03-01 12:00:05 UTC`; a text that is no time stays as it is. */
export function humanTime(time: string): string {
  const ms = Date.parse(time)
  return Number.isNaN(ms) ? time : `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`
}

/** How long an alert lasted, such as `1h 5m`; undefined while it fires. */
function lastedText({ status, startsAt, endsAt }: WebhookAlert): string | undefined {
  const ms = Date.parse(endsAt) - Date.parse(startsAt)
  if (status === 'firing' || Number.isNaN(ms) || ms < 0) return undefined
  return durationText(ms)
}

/** Since when it fires, or when it ended and how long it lasted. */
export function stateOf(alert: WebhookAlert): string {
  if (alert.status === 'firing') return `Firing since ${humanTime(alert.startsAt)}`
  const lasted = lastedText(alert)
  return `Resolved ${humanTime(alert.endsAt)}${lasted ? ` after ${lasted}` : ''}`
}

export function durationText(ms: number): string {
  const seconds = Math.round(ms / 1000)
  const parts = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor((seconds % 86_400) / 3600), 'h'],
    [Math.floor((seconds % 3600) / 60), 'm'],
    [seconds % 60, 's'],
  ] as const
  const shown = parts.filter(([n]) => n > 0).slice(0, 2)
  return shown.length === 0 ? '0s' : shown.map(([n, unit]) => `${n}${unit}`).join(' ')
}

/** A link that is safe to show: http and https only, since its text comes from labels and annotations. */
export function safeLink(text: string | undefined): string | undefined {
  const url = text === undefined ? null : URL.parse(text)
  return url && (url.protocol === 'http:' || url.protocol === 'https:') ? url.href : undefined
}

export function linksOf({
  annotations,
  generatorURL,
}: Pick<WebhookAlert, 'annotations' | 'generatorURL'>): { readonly text: string; readonly href: string }[] {
  const links = [
    ['Runbook', safeLink(annotations['runbook_url'] ?? annotations['runbook'])],
    ['Dashboard', safeLink(annotations['dashboard_url'] ?? annotations['dashboard'])],
    ['Source', safeLink(generatorURL)],
  ] as const
  return links.flatMap(([text, href]) => (href === undefined ? [] : [{ text, href }]))
}

/** Labels that are worth a line: not those that the heading says already. */
export function factsOf(labels: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(labels)
    .filter(([name]) => name !== 'alertname' && name !== 'severity')
    .sort(([a], [b]) => (a < b ? -1 : 1))
}

/** Annotations beyond the summary and description that are shown in full. */
export function notesOf(annotations: Readonly<Record<string, string>>): [string, string][] {
  const shown = new Set(['summary', 'description', 'runbook_url', 'runbook', 'dashboard_url', 'dashboard'])
  return Object.entries(annotations).filter(([name]) => !shown.has(name))
}

/** Why people read this who were not meant to at first; undefined where they were. */
export function fallbackNote({ fallback }: OutboxEvent): string | undefined {
  if (!fallback) return undefined
  return `This was meant for ${fallback.receiver}, who could not be told by ${fallback.channel} (${fallback.reason}).`
}

/** A metadata value as one line of text. */
export function valueText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** What a message came with, as names and texts. */
export function metadataFacts(
  metadata: Readonly<Record<string, unknown>> = {},
): readonly (readonly [string, string])[] {
  return Object.entries(metadata).map(([name, value]) => [name, valueText(value)])
}

export interface DigestSection {
  readonly title: string
  readonly entries: readonly DigestEntry[]
}

const ranks: Readonly<Record<Severity, number>> = { critical: 0, high: 1, medium: 2, low: 3 }

/** When it was, and how often where it was more than once. */
export function entryTimes({ time, fired, since }: DigestEntry): string {
  if (fired === undefined || fired < 2) return humanTime(time)
  return `${humanTime(time)}, fired ${fired} times${since ? ` since ${humanTime(since)}` : ''}`
}

/** A digest's entries as a person would order them: what fires, what has ended, then messages; the worst first, then the newest. */
export function digestSections(entries: readonly DigestEntry[]): readonly DigestSection[] {
  const newest = [...entries].sort((a, b) => Date.parse(b.time) - Date.parse(a.time))
  const last = new Map<string, DigestEntry>()
  for (const entry of newest) {
    const key = entry.status === 'message' ? entry.id : JSON.stringify(Object.entries(entry.labels).sort())
    if (!last.has(key)) last.set(key, entry)
  }
  const worstFirst = [...last.values()].sort((a, b) => ranks[a.severity] - ranks[b.severity])
  const of = (status: DigestEntry['status']) => worstFirst.filter((entry) => entry.status === status)
  return [
    { title: 'Still firing', entries: of('firing') },
    { title: 'Resolved', entries: of('resolved') },
    { title: 'Messages', entries: of('message') },
  ].filter((section) => section.entries.length > 0)
}
