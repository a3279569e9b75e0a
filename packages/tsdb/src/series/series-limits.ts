import type { HeadLimits } from '../head-options.ts'
import type { Series } from './series.ts'

/** Why a series was not created. */
export type SeriesRefusalReason =
  | 'series_limit_metric'
  | 'series_limit_source'
  | 'series_limit_total'
  | 'byte_limit'

/** A refused series; `detail` names the limit that is full and what to do. */
export interface SeriesRefusal {
  readonly refused: SeriesRefusalReason
  readonly detail: string
}

/** How often one metric or source ran into its limit. */
export interface SeriesOverflow {
  readonly reason: SeriesRefusalReason
  /** The metric or the source; empty for limits of the whole head. */
  readonly name: string
  readonly refusals: number
}

export interface SeriesLimits {
  /** The reason to refuse another series, if there is one; counts it. */
  check(
    metric: string,
    metricSeries: number,
    source: string,
    allSeries: number,
    full: boolean,
  ): SeriesRefusal | undefined
  admit(series: Series): void
  release(series: Series): void
  overflow(): SeriesOverflow[]
}

// Names are a publisher's to choose, so only so many are kept apart; the rest share the name `(others)`.
const MAX_NAMES = 1_000

export function createSeriesLimits(limits: HeadLimits): SeriesLimits {
  const bySource = new Map<string, number>()
  const overflows = new Map<string, { reason: SeriesRefusalReason; name: string; refusals: number }>()

  function refuse(reason: SeriesRefusalReason, name: string, detail: string): SeriesRefusal {
    const full = overflows.size >= MAX_NAMES && !overflows.has(`${reason} ${name}`)
    const kept = full ? '(others)' : name
    const key = `${reason} ${kept}`
    const overflow = overflows.get(key) ?? { reason, name: kept, refusals: 0 }
    overflow.refusals++
    overflows.set(key, overflow)
    return { refused: reason, detail }
  }

  return {
    check(metric, metricSeries, source, allSeries, full) {
      if (metricSeries >= limits.maxSeriesPerMetric)
        return refuse(
          'series_limit_metric',
          metric,
          `metric ${metric} has its ${limits.maxSeriesPerMetric} series: give it fewer label values, or raise maxSeriesPerMetric`,
        )
      if ((bySource.get(source) ?? 0) >= limits.maxSeriesPerSource)
        return refuse(
          'series_limit_source',
          source,
          `source ${source} has its ${limits.maxSeriesPerSource} series: publish fewer label values, or raise maxSeriesPerSource`,
        )
      if (allSeries >= limits.maxSeries)
        return refuse(
          'series_limit_total',
          '',
          `the head has its ${limits.maxSeries} series: publish fewer, or raise maxSeries`,
        )
      if (full)
        return refuse(
          'byte_limit',
          '',
          `the head has used its ${limits.maxBytes} bytes: raise maxBytes, or publish fewer series`,
        )
      return undefined
    },
    admit: ({ source }) => void bySource.set(source, (bySource.get(source) ?? 0) + 1),
    release({ source }) {
      const left = (bySource.get(source) ?? 1) - 1
      if (left > 0) bySource.set(source, left)
      else bySource.delete(source)
    },
    overflow: () => [...overflows.values()].map((overflow) => ({ ...overflow })),
  }
}
