import type { HeadState } from '../head-state.ts'
import { openRangeOf } from '../series/open-samples.ts'
import type { Chunk, MemorySeries } from '../series/series.ts'

/** What a series held when the snapshot was asked for; raw samples lie at `from` and behind. */
export interface CapturedSeries {
  readonly chunks: readonly Chunk[]
  readonly times: Float64Array
  readonly values: Float64Array
  readonly from: number
  readonly count: number
}

/** The head at one moment, while it goes on being written to. */
export interface Capture {
  readonly series: readonly MemorySeries[]
  read(series: MemorySeries): CapturedSeries
  /** To be called before anything but an append changes what a series holds. */
  before(series: MemorySeries): void
}

/**
 * Takes down how many raw samples each series has: appends go behind them and disturb nothing. Whatever else would
 * change a series makes a copy of it first, so that the moment itself costs little, however much is held.
 */
export function captureHead(state: HeadState): Capture {
  const counts = state.table.openCount.slice()
  const beyond = state.nextRef
  const saved = new Map<MemorySeries, CapturedSeries>()

  function look(series: MemorySeries): CapturedSeries {
    const { times, values, from } = openRangeOf(state, series)
    return { chunks: series.chunks, times, values, from, count: counts[series.row] ?? 0 }
  }
  return {
    series: [...state.index.all()],
    read: (series) => saved.get(series) ?? look(series),
    before(series) {
      if (series.ref >= beyond || saved.has(series)) return
      const { chunks, times, values, from, count } = look(series)
      saved.set(series, {
        chunks: [...chunks],
        times: times.slice(from, from + count),
        values: values.slice(from, from + count),
        from: 0,
        count,
      })
    },
  }
}
