import { createMatcher } from '@tocsin/promql'
import type { Head, SeriesRefusalReason } from '@tocsin/tsdb'

/** The limits that the collector's environment sets. */
export interface SeriesLimitsSet {
  readonly METRICS_MAX_SERIES: number
  readonly METRICS_MAX_SERIES_PER_METRIC: number
  readonly METRICS_MAX_SERIES_PER_SOURCE: number
  readonly METRICS_MAX_BYTES: number
}

/** What was refused for a limit. */
export interface LimitedSeries {
  readonly reason: SeriesRefusalReason
  readonly metric: string
  readonly source: string
}

/** Says which limit refused a series, and what to do about it; asked again within a minute it says the same. */
export type LimitAdvice = (refused: LimitedSeries, atMs: number) => string

const REASONS: ReadonlySet<string> = new Set<SeriesRefusalReason>([
  'series_limit_metric',
  'series_limit_source',
  'series_limit_total',
  'byte_limit',
])
const KEPT_MS = 60_000
const MOST_KEPT = 1000
/** So many series tell which label it is. */
const LOOKED_AT = 1000

export function isLimit(reason: string): reason is SeriesRefusalReason {
  return REASONS.has(reason)
}

export function createLimitAdvice(head: Pick<Head, 'matchSeries'>, limits: SeriesLimitsSet): LimitAdvice {
  const kept = new Map<string, { readonly text: string; readonly atMs: number }>()

  return ({ reason, metric, source }, atMs) => {
    const key = `${reason} ${metric} ${source}`
    const known = kept.get(key)
    if (known && atMs - known.atMs < KEPT_MS) return known.text
    const text = describe(reason, metric, source)
    if (kept.size >= MOST_KEPT) kept.clear()
    kept.set(key, { text, atMs })
    return text
  }

  function describe(reason: SeriesRefusalReason, metric: string, source: string): string {
    switch (reason) {
      case 'series_limit_metric':
        return `metric ${metric} has its ${limits.METRICS_MAX_SERIES_PER_METRIC} series and gets no more: ${describeLabels(metric)}, or raise METRICS_MAX_SERIES_PER_METRIC`
      case 'series_limit_source':
        return `source ${source} has its ${limits.METRICS_MAX_SERIES_PER_SOURCE} series and gets no more, as of metric ${metric}: ${describeLabels(metric)}, or raise METRICS_MAX_SERIES_PER_SOURCE`
      case 'series_limit_total':
        return `the head has its ${limits.METRICS_MAX_SERIES} series and takes no more, as of metric ${metric} of source ${source}: publish fewer, or raise METRICS_MAX_SERIES`
      case 'byte_limit':
        return `the head has used its ${limits.METRICS_MAX_BYTES} bytes, and takes no more series, as of metric ${metric} of source ${source}: publish fewer, or raise METRICS_MAX_BYTES`
    }
  }

  /** Names the label that has the most values: an id of a user, a request or a session, most often. */
  function describeLabels(metric: string): string {
    const values = new Map<string, Set<string>>()
    const series = seriesOf(metric)
    const step = Math.max(1, Math.floor(series.length / LOOKED_AT))
    let lookedAt = 0
    for (let i = 0; i < series.length && lookedAt < LOOKED_AT; i += step, lookedAt++)
      for (const [label, value] of Object.entries(series[i]?.labels ?? {})) {
        const of = values.get(label) ?? new Set()
        values.set(label, of.add(value))
      }
    const [widest] = [...values].sort(([, a], [, b]) => b.size - a.size)
    if (!widest || widest[1].size < 2) return 'give it labels with fewer values'
    const [label, { size }] = widest
    return `its label ${label} has ${size} values in ${lookedAt} series; take what differs from user to user or request to request out of it`
  }

  function seriesOf(metric: string) {
    const named = (name: string) => head.matchSeries([createMatcher('__name__', '=', name)])
    const own = named(metric)
    return own.length > 0 ? own : named(`${metric}_bucket`)
  }
}
