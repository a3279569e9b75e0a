import { createMatcher, type Matcher } from '@tocsin/promql'
import type { Head, Series } from '@tocsin/tsdb'
import type { Family, FamilySample, FamilyType } from './family.ts'
import { type WrittenSeries, writeSeries } from './write-series.ts'

/** The part of the head that is exposed. */
export type ExposedHead = Pick<Head, 'labelValues' | 'matchSeries' | 'metadata'>

/** The series of one name as they were found, and what is written for each. */
interface KnownSeries {
  /** The head keeps what it found for as long as it is asked with the same array. */
  readonly selector: readonly Matcher[]
  readonly type: FamilyType
  readonly series: readonly Series[]
  readonly written: (WrittenSeries | undefined)[]
}

/** How many series are looked at before the reader may pause. */
const BATCH = 500

/**
 * Reads the head's families, sorted by name, with the newest sample of each series that is not stale and not
 * older than `sinceMs`. Lazily: what a family holds is looked at when its samples are asked for.
 */
export function createFamilyReader(head: ExposedHead): (sinceMs: number) => Generator<Family> {
  let known = new Map<string, KnownSeries>()

  return function* readFamilies(sinceMs) {
    const before = known
    known = new Map()
    for (const [name, seriesNames] of groupNames(head)) {
      const described = head.metadata.get(name)
      const type = typeOf(described?.type)
      const lists = seriesNames.map((seriesName) => {
        const list = findSeries(head, seriesName, type, before.get(seriesName))
        known.set(seriesName, list)
        return list
      })
      const { help = '', unit = '' } = described ?? {}
      yield { name, type, help, unit, batches: liveBatches(lists, sinceMs) }
    }
  }
}

function findSeries(
  head: ExposedHead,
  name: string,
  type: FamilyType,
  before: KnownSeries | undefined,
): KnownSeries {
  const selector = before?.selector ?? [createMatcher('__name__', '=', name)]
  const series = head.matchSeries(selector)
  if (before?.series === series && before.type === type) return before
  return { selector, type, series, written: before?.type === type ? carryOver(before, series) : [] }
}

/** What was written for series that are still there. Both lists are in order of creation. */
function carryOver(before: KnownSeries, series: readonly Series[]): KnownSeries['written'] {
  let at = 0
  return series.map(({ ref }) => {
    while ((before.series[at]?.ref ?? Infinity) < ref) at++
    return before.series[at]?.ref === ref ? before.written[at] : undefined
  })
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

function* liveBatches(lists: readonly KnownSeries[], sinceMs: number): Generator<readonly FamilySample[]> {
  for (const { type, series: list, written } of lists) {
    for (let from = 0; from < list.length; from += BATCH) {
      const batch: FamilySample[] = []
      for (let i = from; i < Math.min(from + BATCH, list.length); i++) {
        const one = list[i]
        if (!one || one.lastIsStale || one.lastTimeMs < sinceMs) continue
        const series = written[i] ?? writeSeries(one.name, one.labels, type)
        written[i] = series
        batch.push({ series, value: one.lastValue })
      }
      yield batch
    }
  }
}
