import { isSuspectCounter, keepsName, RANGE_FUNCTIONS, suspicionOf } from '../functions/range-functions.ts'
import type { RangeFunction, Window } from '../functions/window.ts'
import type { Labels, SeriesSlice } from '../storage.ts'
import type { CallExpr, Expr } from '../syntax/ast.ts'
import type { FunctionName } from '../syntax/signatures.ts'
import { type Block, type Frame, setCell } from './block.ts'
import { createBlockBuilder } from './block-builder.ts'
import { labelValue, METRIC_NAME } from './labels.ts'
import type { Query } from './query.ts'
import type { RangeSource, Windows } from './select-range.ts'
import { detach, firstAfter, withoutStale } from './series-slice.ts'

export function isRangeFunction(name: FunctionName): boolean {
  return RANGE_FUNCTIONS[name] !== undefined
}

/** Applies a range function to every window of every series. `params` holds the scalars at every step. */
export function* callRange(
  query: Query,
  expr: CallExpr,
  source: RangeSource,
  params: readonly Float64Array[],
  frame: Frame,
): Generator<void, Block> {
  const apply = RANGE_FUNCTIONS[expr.func]
  if (!apply) throw new Error(`${expr.func} takes no range vector`)
  const keeps = keepsName(expr.func)
  const builder = createBlockBuilder(frame.steps)
  const fill = createRowFiller(query, apply, source.windows, params, frame)
  let row = 0
  for (const raw of source.series) {
    const series = withoutStale(raw)
    const { labels } = series
    query.charge(series.to - series.from + frame.steps)
    const base = builder.add(labels, keeps ? source.dropsName(row) : true)
    row++
    fill.begin(series)
    while (!fill.work(builder.part(), base)) {
      fill.detach()
      yield
    }
    if (fill.found()) remarkOnCounter(query, expr, labels)
    else builder.takeBack()
    if (query.due(1)) yield
  }
  return yield* builder.finish(query)
}

/** Fills rows window by window; one filler serves all series, so that a series costs no objects. */
interface RowFiller {
  begin(series: SeriesSlice): void
  /** Copies the samples of the row in hand, since others are about to work. */
  detach(): void
  /** Goes on until the row is full (true) or it is time to yield (false). */
  work(block: Block, base: number): boolean
  found(): boolean
}

function createRowFiller(
  query: Query,
  apply: RangeFunction,
  { firstEndMs, stepMs, rangeMs }: Windows,
  params: readonly Float64Array[],
  frame: Frame,
): RowFiller {
  const none = new Float64Array()
  const window: Window = {
    timestamps: none,
    values: none,
    from: 0,
    to: 0,
    rises: false,
    endMs: 0,
    rangeMs,
    timeMs: 0,
    params: [],
  }
  let series: SeriesSlice | undefined
  let isOwn = false
  let end = 0
  let step = 0
  let found = false

  function look(slice: SeriesSlice): void {
    series = slice
    window.timestamps = slice.timestamps
    window.values = slice.values
    window.rises = slice.rises
    end = slice.to
  }
  return {
    begin(slice) {
      look(slice)
      isOwn = false
      window.from = slice.from
      window.to = slice.from
      step = 0
      found = false
    },
    detach() {
      if (isOwn || !series) return
      const passed = series.from
      look(detach(series))
      isOwn = true
      window.from -= passed
      window.to -= passed
    },
    work(block, base) {
      const { timestamps } = window
      for (; step < frame.steps; step++) {
        window.endMs = firstEndMs + step * stepMs
        window.from = firstAfter(timestamps, window.endMs - rangeMs, window.from, end)
        window.to = firstAfter(timestamps, window.endMs, Math.max(window.from, window.to), end)
        if (window.from === window.to) continue
        window.timeMs = frame.startMs + step * frame.stepMs
        if (params.length > 0) window.params = params.map((column) => column[step] ?? 0)
        const value = apply(window)
        if (value !== undefined) {
          setCell(block, base + step, value)
          found = true
        }
        if (!query.due(window.to - window.from)) continue
        step++
        return false
      }
      return true
    },
    found: () => found,
  }
}

function remarkOnCounter(query: Query, { func, args }: CallExpr, labels: Labels): void {
  const name = labelValue(labels, METRIC_NAME)
  const at: Expr | undefined = args[0]
  if (at && isSuspectCounter(func, name)) query.annotations.inform(suspicionOf(name), at)
}
