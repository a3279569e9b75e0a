import type { Labels } from '@tocsin/promql'
import { labelValue } from '../query/resolve-series.ts'
import type { MemorySeries } from '../series/series.ts'
import type { Posting, SeriesIndex } from '../series/series-index.ts'
import { seriesKey } from '../series/series-key.ts'
import type { MetadataRegistry, MetricMetadata } from './metric-metadata.ts'

/** The newest sample of one series. */
export interface LatestSample {
  /** Interned, with `__name__`. */
  readonly labels: Labels
  /** The series' name: of a histogram `x` also `x_bucket`, `x_sum`, `x_count`. */
  readonly name: string
  readonly timeMs: number
  readonly value: number
}

/** One metric with the newest sample of each of its series, in the order in which they are exposed. */
export interface MetricFamily extends MetricMetadata {
  readonly name: string
  readonly samples: readonly LatestSample[]
}

interface Ordered {
  readonly postings: readonly Posting[]
  readonly versions: readonly number[]
  readonly series: readonly MemorySeries[]
}

/**
 * Iterates the metrics by name, each with its series grouped (a histogram's buckets ascend, then `_sum`, `_count`).
 * Series that are stale, or whose newest sample is before `sinceMs`, are left out.
 */
export function createFamilyReader(index: SeriesIndex, metadata: MetadataRegistry) {
  // Sorting all series at every scrape would be most of its cost, and the order changes only with the series.
  let orders = new Map<string, Ordered>()

  return function* families(sinceMs: number): Generator<MetricFamily> {
    const before = orders
    orders = new Map()
    for (const [name, postings] of postingsByFamily(index, metadata)) {
      const known = before.get(name)
      const ordered = known && isCurrent(known, postings) ? known : order(postings)
      orders.set(name, ordered)
      const samples: LatestSample[] = []
      for (const series of ordered.series) {
        const { labels, lastIsStale, lastTimeMs: timeMs, lastValue: value } = series
        if (!lastIsStale && timeMs >= sinceMs) samples.push({ labels, name: series.name, timeMs, value })
      }
      const described = metadata.get(name) ?? { type: 'untyped', help: '', unit: '' }
      if (samples.length > 0) yield { name, ...described, samples }
    }
  }
}

function postingsByFamily(index: SeriesIndex, metadata: MetadataRegistry): [string, Posting[]][] {
  const families = new Map<string, Posting[]>()
  for (const [name, posting] of index.postings('__name__') ?? []) {
    const family = metadata.familyOf(name)
    const postings = families.get(family)
    if (postings) postings.push(posting)
    else families.set(family, [posting])
  }
  return [...families].sort(([a], [b]) => (a < b ? -1 : 1))
}

function isCurrent(known: Ordered, postings: readonly Posting[]): boolean {
  return (
    known.postings.length === postings.length &&
    postings.every((posting, i) => known.postings[i] === posting && known.versions[i] === posting.version)
  )
}

function order(postings: readonly Posting[]): Ordered {
  const parts = postings.length > 1 || postings.some(({ value }) => value.endsWith('_bucket'))
  const keyed = postings.flatMap(({ series }) =>
    series.map((one) => ({ series: one, group: groupOf(one), rank: parts ? rankOf(one) : 0 })),
  )
  keyed.sort((a, b) => (a.group === b.group ? a.rank - b.rank : a.group < b.group ? -1 : 1))
  return {
    postings,
    versions: postings.map(({ version }) => version),
    series: keyed.map(({ series }) => series),
  }
}

/** What the series of one histogram or summary have in common. */
function groupOf({ labels }: MemorySeries): string {
  const names = Object.keys(labels).filter(
    (name) => name !== '__name__' && name !== 'le' && name !== 'quantile',
  )
  return seriesKey(names, labels)
}

function rankOf({ name, labels }: MemorySeries): number {
  const bound = labelValue(labels, 'le') || labelValue(labels, 'quantile')
  if (bound !== '') return bound === '+Inf' ? Number.MAX_VALUE / 4 : Number(bound)
  return name.endsWith('_sum') ? Number.MAX_VALUE / 2 : Number.MAX_VALUE
}
