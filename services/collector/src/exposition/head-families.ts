import { createMatcher, type Matcher } from '@tocsin/promql'
import type { Head, Series } from '@tocsin/tsdb'
import type { Family, FamilyType } from './family.ts'
import { orderSeries } from './order-series.ts'
import { type SeriesLines, writeSeriesLines } from './series-lines.ts'
import { type KnownFamily, writeFamily } from './write-family.ts'
import { writeSeries } from './write-labels.ts'

/** The part of the head that is exposed. */
export type ExposedHead = Pick<Head, 'labelValues' | 'matchSeries' | 'metadata' | 'latestExemplar'>

/**
 * Reads the head's families, sorted by name, with the newest sample of each series that is not stale and not
 * older than `sinceMs`. Lazily: what a family holds is looked at when its lines are written. `created`: whether
 * OpenMetrics is told when counters and histograms began.
 */
export function createFamilyReader(
  head: ExposedHead,
  { created = true }: { readonly created?: boolean } = {},
): (sinceMs: number) => Generator<Family> {
  // The head keeps what it found for as long as it is asked with the same array.
  let selectors = new Map<string, readonly Matcher[]>()
  let known = new Map<string, KnownFamily>()

  function findSeries(name: string): readonly Series[] {
    const selector = selectors.get(name) ?? [createMatcher('__name__', '=', name)]
    selectors.set(name, selector)
    return head.matchSeries(selector)
  }

  function* lookUp(name: string, names: readonly string[], type: FamilyType): Generator<void, KnownFamily> {
    const before = known.get(name)
    const found = names.map(findSeries)
    const isSame =
      before?.type === type &&
      before.lists.length === found.length &&
      before.lists.every(({ series }, i) => series === found[i])
    if (before && isSame) return before
    const lists: SeriesLines[] = []
    for (const [i, series] of found.entries()) {
      const listName = names[i] ?? ''
      const written = before?.lists.find((list) => list.name === listName)
      lists.push(written?.series === series ? written : yield* writeSeriesLines(listName, series, written))
    }
    const family = { type, lists, order: yield* orderSeries(type, lists) }
    known.set(name, family)
    return family
  }

  return function* readFamilies(sinceMs) {
    const all = groupNames(head)
    const taken = new Set(all.flatMap(([, names]) => names))
    forgetMissing(
      all.map(([name]) => name),
      taken,
    )
    for (const [name, names] of all) {
      const described = head.metadata.get(name)
      const type = typeOf(described?.type)
      const { help = '', unit = '' } = described ?? {}
      const createdName = created ? createdNameOf(name, type, taken) : undefined
      yield {
        ...{ name, type, help, unit },
        *write(lines, except) {
          const family = yield* lookUp(name, names, type)
          yield* writeFamily(head, family, { lines, sinceMs, createdName, except })
        },
        *texts() {
          for (const listName of names)
            for (const { labels } of findSeries(listName)) yield writeSeries(listName, labels)
        },
      }
    }
  }

  function forgetMissing(families: readonly string[], names: ReadonlySet<string>): void {
    const present = new Set(families)
    if (known.size > present.size) known = new Map([...known].filter(([name]) => present.has(name)))
    if (selectors.size > names.size) selectors = new Map([...selectors].filter(([name]) => names.has(name)))
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

/** The name of the series that say when those of a family were created; none where another metric has it. */
function createdNameOf(name: string, type: FamilyType, taken: ReadonlySet<string>): string | undefined {
  if (type === 'gauge' || type === 'unknown') return undefined
  if (type === 'counter' && !name.endsWith('_total')) return undefined
  const createdName = `${name.replace(/_total$/, '')}_created`
  return taken.has(createdName) ? undefined : createdName
}
