import { selectSlices } from '../eval/series-slice.ts'
import type { Labels, Matcher, SeriesSlice } from '../storage.ts'
import { createRows, type PlanMoment, type PlanNode, type Rows } from './plan-node.ts'

/** Reads one series; undefined: it has no value now. */
type ReadSeries = (slice: SeriesSlice, moment: PlanMoment) => number | undefined

export interface LeafOptions {
  readonly matchers: readonly Matcher[]
  /** The oldest and the newest time that is read, before the evaluation's. Milliseconds. */
  readonly fromMs: number
  readonly untilMs: number
  readonly dropsName: boolean
  readonly read: ReadSeries
  /** Told of the rows when they are others than before. */
  readonly onRows?: (labels: readonly Labels[]) => void
  /** Looks at the rows of each evaluation. */
  readonly onRead?: (rows: Rows, moment: PlanMoment) => void
}

// Rows that have had no samples for a while are forgotten once they are the most.
const MOST_ABSENT = 16

/** A selector, with or without a range function: a row for each series that had samples lately. */
export function planLeaf(options: LeafOptions): PlanNode {
  const { matchers, fromMs, untilMs, dropsName, read, onRows, onRead } = options
  let rows = createRows([])

  /** Reads every series into its row; false when there is one without, or when most rows have none. */
  function fill(moment: PlanMoment): boolean {
    const { labels, values, present } = rows
    present.fill(0)
    let row = 0
    let found = 0
    let charged = 0
    for (const raw of slicesOf(moment)) {
      // Series come in the same order each time.
      while (row < labels.length && labels[row] !== raw.labels) row++
      if (row === labels.length) {
        moment.charge(-charged)
        return false
      }
      found++
      charged += raw.to - raw.from
      moment.charge(raw.to - raw.from)
      const value = read(raw, moment)
      if (value !== undefined) {
        values[row] = value
        present[row] = 1
      }
      row++
    }
    if (labels.length - found <= Math.max(MOST_ABSENT, labels.length / 2)) return true
    moment.charge(-charged)
    return false
  }

  /** Makes a row for every series, and reads it. */
  function renew(moment: PlanMoment): void {
    const labels: Labels[] = []
    const values: (number | undefined)[] = []
    for (const raw of slicesOf(moment)) {
      moment.charge(raw.to - raw.from)
      labels.push(raw.labels)
      values.push(read(raw, moment))
    }
    rows = createRows(labels)
    for (const [row, value] of values.entries()) {
      if (value === undefined) continue
      rows.values[row] = value
      rows.present[row] = 1
    }
    onRows?.(labels)
  }

  function slicesOf({ queryable, timeMs }: PlanMoment): Iterable<SeriesSlice> {
    return selectSlices(queryable, matchers, timeMs - fromMs, timeMs - untilMs)
  }

  return {
    dropsName,
    run(moment) {
      if (!fill(moment)) renew(moment)
      onRead?.(rows, moment)
      return rows
    },
  }
}
