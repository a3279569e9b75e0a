import { createMatcher, type Matcher } from '@tocsin/promql'
import type { Head, Series } from '@tocsin/tsdb'
import type { Family, FamilySample, FamilyType } from './family.ts'

/** The part of the head that is exposed. */
export type ExposedHead = Pick<Head, 'labelValues' | 'matchSeries' | 'metadata'>

/**
 * Reads the head's families, sorted by name, with the newest sample of each series that is not stale and not
 * older than `sinceMs`. Lazily: what a family holds is looked at when its samples are asked for.
 */
export function createFamilyReader(head: ExposedHead): (sinceMs: number) => Generator<Family> {
  // The head keeps what it found for as long as it is asked with the same array.
  let selectors = new Map<string, readonly Matcher[]>()

  return function* readFamilies(sinceMs) {
    const before = selectors
    selectors = new Map()
    for (const [name, seriesNames] of groupNames(head)) {
      const lists = seriesNames.map((seriesName) => {
        const selector = before.get(seriesName) ?? [createMatcher('__name__', '=', seriesName)]
        selectors.set(seriesName, selector)
        return head.matchSeries(selector)
      })
      const described = head.metadata.get(name)
      yield {
        name,
        type: typeOf(described?.type),
        help: described?.help ?? '',
        unit: described?.unit ?? '',
        samples: liveSamples(lists, sinceMs),
      }
    }
  }
}

/** Every family with the names of its series: of a histogram those of its parts. */
function groupNames({ labelValues, metadata }: ExposedHead): readonly [string, string[]][] {
  const families = new Map<string, string[]>()
  for (const seriesName of labelValues('__name__')) {
    const family = familyOf(seriesName, metadata)
    const names = families.get(family)
    if (names) names.push(seriesName)
    else families.set(family, [seriesName])
  }
  return [...families].sort(([a], [b]) => (a < b ? -1 : 1))
}

/** What has parts owns them, also where a publisher described a part by itself: no line must stand under two families. */
function familyOf(seriesName: string, metadata: ExposedHead['metadata']): string {
  const [, base = '', part = ''] = /^(.+)(_bucket|_sum|_count)$/.exec(seriesName) ?? []
  const type = metadata.get(base)?.type
  const owned = type === 'histogram' || (type === 'summary' && part !== '_bucket')
  return owned ? base : seriesName
}

function typeOf(kind: string | undefined): FamilyType {
  return kind === 'counter' || kind === 'gauge' || kind === 'histogram' || kind === 'summary'
    ? kind
    : 'unknown'
}

function* liveSamples(lists: readonly (readonly Series[])[], sinceMs: number): Generator<FamilySample> {
  for (const list of lists) {
    for (const { name, labels, lastTimeMs, lastValue, lastIsStale } of list)
      if (!lastIsStale && lastTimeMs >= sinceMs) yield { name, labels, value: lastValue }
  }
}
