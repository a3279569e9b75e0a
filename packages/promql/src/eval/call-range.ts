import { OVER_TIME } from '../functions/over-time.ts'
import { RATES } from '../functions/rates.ts'
import { REGRESSIONS } from '../functions/regression.ts'
import type { RangeFunction, Window } from '../functions/window.ts'
import type { CallExpr, Expr } from '../syntax/ast.ts'
import type { FunctionName } from '../syntax/signatures.ts'
import { type Block, type Frame, setCell } from './block.ts'
import { createBlockBuilder } from './block-builder.ts'
import { labelValue, METRIC_NAME } from './labels.ts'
import type { Query } from './query.ts'
import type { RangeSource, Windows } from './select-range.ts'
import { firstAfter, type SeriesSlice, withoutStale } from './series-slice.ts'

const RANGE_FUNCTIONS: Readonly<Partial<Record<FunctionName, RangeFunction>>> = {
  ...OVER_TIME,
  ...RATES,
  ...REGRESSIONS,
}
/** They return a sample as it was: the metric keeps its name. */
const KEEPS_NAME: ReadonlySet<FunctionName> = new Set(['first_over_time', 'last_over_time'])
const COUNTER_SUFFIX = /(?:_total|_sum|_count|_bucket)$/

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
  const keepsName = KEEPS_NAME.has(expr.func)
  const builder = createBlockBuilder(frame.steps)
  const fill = createRowFiller(query, apply, source.windows, params, frame)
  let row = 0
  for (const raw of source.series) {
    const series = withoutStale(raw)
    query.charge(series.to - series.from + frame.steps)
    if (query.due(series.to - series.from)) yield
    const base = builder.add(series.labels, keepsName ? source.dropsName(row) : true)
    row++
    fill.begin(series)
    while (!fill.work(builder.part(), base)) yield
    if (fill.found()) remarkOnCounter(query, expr, series)
    else builder.takeBack()
  }
  return yield* builder.finish(query)
}

/** Fills rows window by window; one filler serves all series, so that a series costs no objects. */
interface RowFiller {
  begin(series: SeriesSlice): void
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
    endMs: 0,
    rangeMs,
    timeMs: 0,
    params: [],
  }
  let end = 0
  let step = 0
  let found = false
  return {
    begin({ timestamps, values, from, to }) {
      window.timestamps = timestamps
      window.values = values
      window.from = from
      window.to = from
      end = to
      step = 0
      found = false
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

function remarkOnCounter(query: Query, expr: CallExpr, { labels }: SeriesSlice): void {
  if (expr.func !== 'rate' && expr.func !== 'increase') return
  const name = labelValue(labels, METRIC_NAME)
  const at: Expr | undefined = expr.args[0]
  if (name === '' || COUNTER_SUFFIX.test(name) || !at) return
  query.annotations.inform(
    `metric might not be a counter, name does not end in _total/_sum/_count/_bucket: "${name}"`,
    at,
  )
}
