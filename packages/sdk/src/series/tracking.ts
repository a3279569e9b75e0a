import type { Tracing } from './active-trace.ts'
import type { SeriesTable } from './series-table.ts'

/** What the metrics of one registry have in common that are followed series by series. */
export interface Tracking {
  /** A series changed that nobody waited to publish. */
  touch(): void
  /** Series that a metric may have. */
  readonly maxSeries: number
  /** A series was not made, because its metric has that many. */
  refuse(metric: string): void
  /** Milliseconds since 1970. */
  now(): number
  readonly tracing: Tracing
}

const tables = new WeakMap<object, SeriesTable>()

/** Notes that a metric's series are followed one by one, in this table. */
export function setTable(metric: object, table: SeriesTable): void {
  tables.set(metric, table)
}

/** The table of a metric that is followed series by series; undefined for others. */
export const tableOf = (metric: object): SeriesTable | undefined => tables.get(metric)
