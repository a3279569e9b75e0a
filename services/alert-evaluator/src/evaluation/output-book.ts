import {
  type BatchMetric,
  CONTRACT_VERSION,
  type Labels,
  type MetricBatch,
  type SampleValue,
} from '@tocsin/contract'

/** A sample that a rule wrote. */
export interface OutputSample {
  /** With `__name__`. */
  readonly labels: Labels
  readonly timeMs: number
  readonly value: number | 'stale'
}

/** Describes what rules write: each series once an edition, samples by its number. */
export interface OutputBook {
  write(samples: readonly OutputSample[], nowMs: number): MetricBatch
  /** What was written last did not arrive: what it described is described anew. */
  lost(): void
}

/** Who begins to read in the middle of an edition lacks its series until the next one. Milliseconds. */
const EDITION_MS = 30_000

interface Edition {
  readonly number: number
  readonly begunMs: number
  readonly metrics: Map<string, number>
  readonly series: Map<Labels, number>
}

/** @param publisher unique to a run */
export function createOutputBook(source: string, publisher: string): OutputBook {
  let edition: Edition | undefined
  let editions = 0
  let batches = 0

  function open(nowMs: number): Edition {
    if (edition && nowMs >= edition.begunMs && nowMs - edition.begunMs < EDITION_MS) return edition
    edition = { number: ++editions, begunMs: nowMs, metrics: new Map(), series: new Map() }
    return edition
  }

  return {
    write(samples, nowMs) {
      const { number, metrics, series } = open(nowMs)
      const before = { metrics: metrics.size, series: series.size }
      const described = { metrics: [] as BatchMetric[], series: [] as MetricBatch['series'] }
      const placeOf = (labels: Labels): number => {
        const known = series.get(labels)
        if (known !== undefined) return known
        const { __name__: name = '', ...rest } = labels
        let metric = metrics.get(name)
        if (metric === undefined) {
          metric = metrics.size
          metrics.set(name, metric)
          described.metrics.push({ name, type: typeOf(name) })
        }
        described.series.push([metric, rest])
        series.set(labels, series.size)
        return series.size - 1
      }
      const written = samples.map(({ labels, timeMs, value }): [number, SampleValue, number] => [
        placeOf(labels),
        inJson(value),
        Math.round(timeMs),
      ])
      return {
        v: CONTRACT_VERSION,
        id: `${publisher}-${++batches}`,
        time: new Date(nowMs).toISOString(),
        source,
        dictionary: { publisher, edition: number, ...before },
        ...described,
        samples: written,
      }
    },
    lost() {
      edition = undefined
    },
  }
}

function typeOf(name: string): BatchMetric['type'] {
  return name === 'ALERTS' || name === 'ALERTS_FOR_STATE' ? 'gauge' : 'untyped'
}

function inJson(value: number | 'stale'): SampleValue {
  if (value === 'stale' || Number.isFinite(value)) return value
  if (Number.isNaN(value)) return 'NaN'
  return value > 0 ? '+Inf' : '-Inf'
}
