import type { HeadState } from '../head-state.ts'
import { appendNext } from './append-sample.ts'
import type { MemorySeries, Series } from './series.ts'

const NONE = -1
const FIRST_ROOM = 16

/**
 * Series by the numbers that somebody gave them who appends to the same ones again and again. A number leads to the
 * row of a series at once, past the objects that otherwise have to be fetched for each sample.
 */
export interface SeriesLane {
  /** Remembers what a number stands for; forgotten, as all of them, when a series of the head is dropped. */
  set(number: number, series: Series): void
  forget(number: number): void
  /**
   * Appends behind the newest sample of the series with a number. False, and nothing done, where that is not all there
   * is to it (an unknown number, a late sample, a NaN, no room): then `Head.append` decides.
   */
  append(number: number, timeMs: number, value: number): boolean
}

export function createSeriesLane(state: HeadState): SeriesLane {
  let rows = new Int32Array(FIRST_ROOM).fill(NONE)
  // Rows are used again once their series is dropped.
  let drops = state.counts.seriesDropped

  function forgetDropped(): void {
    rows.fill(NONE)
    drops = state.counts.seriesDropped
  }

  return {
    set(number, series) {
      // The head makes no others.
      const { row } = series as MemorySeries
      if (drops !== state.counts.seriesDropped) forgetDropped()
      if (number >= rows.length) {
        const wider = new Int32Array(2 ** Math.ceil(Math.log2(number + 1))).fill(NONE)
        wider.set(rows)
        rows = wider
      }
      rows[number] = row
    },
    forget(number) {
      if (number < rows.length) rows[number] = NONE
    },
    append(number, timeMs, value) {
      if (drops !== state.counts.seriesDropped) forgetDropped()
      const row = rows[number] ?? NONE
      return row >= 0 && appendNext(state, row, timeMs, value)
    },
  }
}
