import type { OutboxEvent } from '@tocsin/contract'
import { acknowledgeGroupLink } from './acknowledge-link.ts'
import { firingFirst } from './blocks.ts'
import { cut, printable } from './cut.ts'
import { teamsMarkdown } from './markups.ts'
import {
  digestSections,
  entryTimes,
  factsOf,
  fallbackNote,
  humanTime,
  linksOf,
  metadataFacts,
  stateOf,
} from './present.ts'

/** One alert, message or entry of a digest, as both kinds of Teams cards show it; in markdown. */
export interface TeamsPart {
  readonly title: string
  readonly text: string
  readonly state: string
  readonly facts: readonly (readonly [string, string])[]
  readonly status: 'firing' | 'resolved' | 'message'
}

export interface TeamsLink {
  readonly text: string
  readonly href: string
}

/** Teams' limit is 28 KB a message; what stands around the parts needs some of it. */
export const MOST_BYTES = 27_000
const MOST_FACTS = 12
const longest = { title: 300, text: 1500, name: 100, value: 300 }

const { text: escaped } = teamsMarkdown
const say = (raw: string, most: number) => escaped(cut(printable(raw).trim(), most))

/** What fires first, then the rest, as far as a card may hold it. */
export function teamsParts(event: OutboxEvent): readonly TeamsPart[] {
  const note = fallbackNote(event)
  const parts = contentParts(event)
  return note ? [part('', '', note, [], 'message'), ...parts] : parts
}

function contentParts(event: OutboxEvent): readonly TeamsPart[] {
  if (event.kind === 'message') {
    const facts = metadataFacts(event.metadata)
    return [part('', event.message, `${humanTime(event.time)} from ${event.source}`, facts, 'message')]
  }
  if (event.kind === 'digest')
    return digestSections(event.entries).flatMap(({ entries }) =>
      entries.map((entry) =>
        part(entry.title, entry.text, entryTimes(entry), metadataFacts(entry.metadata), entry.status),
      ),
    )
  return firingFirst(event).map((alert) => {
    const { annotations, labels, status } = alert
    const title = annotations['summary'] ?? labels['alertname'] ?? 'Alert'
    return part(title, annotations['description'] ?? '', stateOf(alert), factsOf(labels), status)
  })
}

function part(
  title: string,
  text: string,
  state: string,
  facts: readonly (readonly [string, string])[],
  status: TeamsPart['status'],
): TeamsPart {
  return {
    title: say(title, longest.title),
    text: say(text, longest.text),
    state: say(state, longest.text),
    facts: facts
      .slice(0, MOST_FACTS)
      .map(([name, value]) => [say(name, longest.name), say(value, longest.value)]),
    status,
  }
}

/** The links of its alerts, one of each kind, and where to acknowledge them. */
export function teamsLinks(event: OutboxEvent, most: number): readonly TeamsLink[] {
  if (event.kind !== 'alerts') return []
  const links = [...event.alerts.flatMap(linksOf), ...acknowledgeGroupLink(event)]
  return [...new Map(links.map((link) => [link.text, link])).values()].slice(0, most)
}

/** The card with as many of the parts as it may hold, and a line about the rest. */
export function cardWithin<T>(
  parts: readonly TeamsPart[],
  hidden: number,
  cardOf: (shown: readonly TeamsPart[], more: string | undefined) => T,
): T {
  let shown = Math.min(parts.length, 50)
  for (;;) {
    const left = parts.length - shown + hidden
    const card = cardOf(parts.slice(0, shown), left > 0 ? `and ${left} more` : undefined)
    if (shown === 0 || Buffer.byteLength(JSON.stringify(card)) <= MOST_BYTES) return card
    shown = Math.floor(shown * 0.8)
  }
}
