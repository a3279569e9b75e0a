import { type BatchMetric, CONTRACT_VERSION, type MetricBatch } from '@tocsin/contract'
import type { OwnLevel, OwnSeries } from './own-series.ts'

/** A batch to publish. `stored()` is called once it is known to be kept. */
export interface OwnBatch {
  readonly batch: MetricBatch
  stored(): void
}

/** Remembers what was published of a service's own series. */
export interface OwnBook {
  /** Everything as it stands now, in milliseconds since the epoch; with `last`, its end as well. */
  write(series: readonly OwnSeries[], nowMs: number, last?: boolean): OwnBatch
}

/** How many batches refer to what the first of them described: a reader lacks no more when it begins between them. */
const BATCHES_PER_EDITION = 4

/** A series that readers know, or will once its batch is stored. */
interface Known extends Pick<OwnSeries, 'metric' | 'labels'> {
  /** Its number in the edition; undefined before it is described there. */
  place: number | undefined
  /** When it stood at zero, until that is stored; undefined for gauges. */
  zeroMs: number | undefined
}

type Sample = MetricBatch['samples'][number]

/**
 * Every level goes out each time, as a scrape would find it, and is described once an edition. A counter that was not
 * there before stood at zero when the others were published last: so `increase` sees what it counted first.
 */
export function createOwnBook(of: {
  readonly source: string
  /** Unique to this run. */
  readonly publisher: string
  /** When counting began, in milliseconds since the epoch. */
  readonly startedMs: number
}): OwnBook {
  const { source, publisher } = of
  const known = new Map<string, Known>()
  let edition = createEdition(0)
  let lost = true
  let lastMs = of.startedMs

  function open(): void {
    if (!lost && edition.batches < BATCHES_PER_EDITION) return
    edition = createEdition(edition.number + 1)
    for (const one of known.values()) one.place = undefined
  }

  return {
    write(series, nowMs, last = false) {
      open()
      lost = true
      const timeMs = Math.max(nowMs, lastMs + 1)
      const before = { metrics: edition.metrics.size, series: edition.series }
      const batch = edition.begin()
      const samples: Sample[] = []
      const ended = new Set(known.keys())
      for (const { key, metric, labels, level } of series) {
        ended.delete(key)
        const one = known.get(key) ?? {
          metric,
          labels,
          place: undefined,
          zeroMs: metric.type === 'gauge' ? undefined : lastMs,
        }
        known.set(key, one)
        one.place ??= batch.describe(one)
        if (one.zeroMs !== undefined) samples.push(sampleOf(one.place, zeroOf(level), one.zeroMs))
        samples.push(sampleOf(one.place, level))
      }
      for (const [key, one] of known) {
        if (!last && !ended.has(key)) continue
        one.place ??= batch.describe(one)
        samples.push([one.place, 'stale', timeMs + 1])
      }
      return {
        batch: {
          v: CONTRACT_VERSION,
          id: `${publisher}-${edition.number}-${edition.batches}`,
          time: new Date(timeMs).toISOString(),
          source,
          dictionary: { publisher, edition: edition.number, ...before },
          metrics: batch.metrics,
          series: batch.series,
          samples,
        },
        stored() {
          lost = false
          lastMs = timeMs
          for (const key of ended) known.delete(key)
          for (const one of known.values()) one.zeroMs = undefined
        },
      }
    },
  }
}

/** What the batches of one edition have described so far. */
function createEdition(number: number) {
  const edition = {
    number,
    batches: 0,
    metrics: new Map<string, number>(),
    series: 0,
    /** Opens the next batch of this edition: what is described goes into it. */
    begin() {
      edition.batches++
      const described = { metrics: [] as BatchMetric[], series: [] as MetricBatch['series'] }
      return {
        ...described,
        describe({ metric, labels }: Pick<OwnSeries, 'metric' | 'labels'>): number {
          let place = edition.metrics.get(metric.name)
          if (place === undefined) {
            place = edition.metrics.size
            edition.metrics.set(metric.name, place)
            described.metrics.push(metric)
          }
          described.series.push([place, { ...labels }])
          return edition.series++
        },
      }
    },
  }
  return edition
}

function sampleOf(place: number, level: OwnLevel, timeMs?: number): Sample {
  return [place, ...level, ...(timeMs === undefined ? [] : [timeMs])] as Sample
}

/** What a counter or a histogram said before anything was counted. */
function zeroOf(level: OwnLevel): OwnLevel {
  return level.length === 1 ? [0] : [level[0].map(() => 0), 0]
}
