import type { SlaPeriod } from '@tocsin/contract'

/**
 * A service level objective on events: of `total`, the share that is `good` must reach `target`. The queries count
 * events over a range that is put where they say `$range`, and must each return one number.
 */
export interface Objective {
  readonly name: string
  readonly description: string
  /** Ratio, 0 to 1, both excluded. */
  readonly target: number
  readonly good: string
  readonly total: string
}

/** The brief's default targets, over the catalogue's HTTP metrics of every service. */
export const defaultObjectives: readonly Objective[] = [
  {
    name: 'availability',
    description: 'HTTP requests that the server did not fail',
    target: 0.999,
    good: 'sum(increase(http_requests_total{status_code!~"5.."}[$range]))',
    total: 'sum(increase(http_requests_total[$range]))',
  },
  {
    name: 'response-time',
    description: 'HTTP requests answered within half a second',
    target: 0.95,
    good: 'sum(increase(http_request_duration_seconds_bucket{le="0.5"}[$range]))',
    // Of histograms that have this bucket: the others cannot tell, and must not count as slow.
    total:
      'sum(increase(http_request_duration_seconds_bucket{le="+Inf"}[$range])' +
      ' and ignoring (le) increase(http_request_duration_seconds_bucket{le="0.5"}[$range]))',
  },
]

const day = 86_400_000

/** The length of a rolling period, in milliseconds. */
export const periodMs: Readonly<Record<SlaPeriod, number>> = {
  hour: day / 24,
  day,
  week: 7 * day,
  month: 30 * day,
  quarter: 90 * day,
}
