import { createSeriesTable, type SeriesTable } from '../series/series-table.ts'
import { tableOf } from '../series/tracking.ts'
import type { Descriptions } from './admit.ts'
import { compareMetric } from './compare-metric.ts'
import type { StoredMetric } from './prom-client.ts'

/** A metric of a watched registry, and its series as far as they concern readers. */
export interface Family {
  readonly metric: StoredMetric
  readonly name: string
  readonly table: SeriesTable
  /** Still in its registry; otherwise only the end of its series remains to be said. */
  registered: boolean
  /** As JSON; null when the contract refuses the metric, undefined until somebody asks. */
  descriptions: Descriptions | null | undefined
  /** Brings the table up to date where changes are found by comparing. Returns how many more series it has no room for. */
  refresh(maxSeries: number, now: number): number
  /** It may have changed. */
  suspect(): void
}

/** `seenFromStart`: it was registered under our eyes, so what its counters say they counted since. */
export function createFamily(metric: StoredMetric, name: string, seenFromStart: boolean): Family {
  let table: SeriesTable | undefined
  let suspected = true
  let compared = false
  let refused = 0
  return {
    metric,
    name,
    // Only once it is made is it known whether its series are followed one by one.
    get table() {
      // What is compared changes under the eyes of who publishes it: nobody needs to be told.
      table ??= tableOf(metric) ?? createSeriesTable(() => {})
      return table
    },
    registered: true,
    descriptions: undefined,
    refresh(maxSeries, now) {
      if (!suspected || !this.registered || tableOf(metric) !== undefined) return 0
      suspected = false
      const born = seenFromStart || compared ? now : undefined
      compared = true
      const before = refused
      refused = compareMetric(metric, this.table, maxSeries, born)
      return Math.max(0, refused - before)
    },
    suspect() {
      suspected = true
    },
  }
}
