import type { Head, Series } from '@tocsin/tsdb'
import type { FamilyType } from './family.ts'
import type { LineWriter } from './line-writer.ts'
import type { SeriesOrder } from './order-series.ts'
import { type SeriesLines, textAt } from './series-lines.ts'

/** How the series of one family are written, for as long as none comes or goes. */
export interface KnownFamily {
  readonly type: FamilyType
  readonly lists: readonly SeriesLines[]
  /** Undefined where the lists are in order as they are. */
  readonly order: SeriesOrder | undefined
}

export interface FamilyWriting {
  readonly lines: LineWriter
  /** Series without a sample since then are not shown. Milliseconds. */
  readonly sinceMs: number
  /** The name under which creation times are written, if they are. */
  readonly createdName: string | undefined
  /** Series that another family has. */
  readonly except: ReadonlySet<string> | undefined
}

/** Series that are looked at before the reader may pause. */
const STEP = 1000

/** Writes the newest sample of each series that is shown, in steps. */
export function* writeFamily(
  head: Pick<Head, 'latestExemplar'>,
  { type, lists, order }: KnownFamily,
  { lines, sinceMs, createdName, except }: FamilyWriting,
): Generator<void> {
  const created = lines.openMetrics && createdName !== undefined ? Buffer.from(createdName) : undefined

  function writeOne(list: SeriesLines, i: number, series: Series): void {
    if (series.lastIsStale || !(series.lastTimeMs >= sinceMs) || except?.has(textAt(list, i))) return
    const { bytes, starts, name } = list
    const from = starts[i] ?? 0
    const to = starts[i + 1] ?? 0
    const exemplar =
      lines.openMetrics && mayHaveExemplar(type, name) ? head.latestExemplar(series) : undefined
    lines.line(bytes, from, to, series.lastValue, exemplar)
    if (created && saysCreated(type, name) && !Number.isNaN(series.createdMs))
      lines.created(created, bytes, from + name.length, to, series.createdMs)
  }

  if (order) {
    for (let at = 0; at < order.indices.length; at++) {
      if (at % STEP === STEP - 1) yield
      const list = lists[order.lists[at] ?? 0]
      const i = order.indices[at] ?? 0
      const series = list?.series[i]
      if (list && series) writeOne(list, i, series)
    }
    return
  }
  for (const list of lists)
    for (const [i, series] of list.series.entries()) {
      if (i % STEP === STEP - 1) yield
      writeOne(list, i, series)
    }
}

/** OpenMetrics takes exemplars of counters and of buckets. */
function mayHaveExemplar(type: FamilyType, name: string): boolean {
  return type === 'counter' || (type === 'histogram' && name.endsWith('_bucket'))
}

/** A family says once for each of its label sets when it was created. */
function saysCreated(type: FamilyType, name: string): boolean {
  return type === 'counter' || name.endsWith('_count')
}
