import { OVER_TIME } from '../functions/over-time.ts'
import { RATES } from '../functions/rates.ts'
import { REGRESSIONS } from '../functions/regression.ts'
import type { RangeFunction, Window } from '../functions/window.ts'
import type { SeriesSamples } from '../storage.ts'
import type { CallExpr, Expr } from '../syntax/ast.ts'
import type { FunctionName } from '../syntax/signatures.ts'
import { addRow, type Block, createBlock, type Frame, removeLastRow, setCell } from './block.ts'
import { labelValue, METRIC_NAME } from './labels.ts'
import type { Query } from './query.ts'
import { firstAfter } from './select-instant.ts'
import { type RangeSource, withoutStale } from './select-range.ts'

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
  const block = createBlock(frame.steps)
  let row = 0
  for (const raw of source.series) {
    const series = withoutStale(raw)
    query.charge(series.values.length + frame.steps)
    if (query.due(series.values.length + frame.steps)) yield
    const base = addRow(block, series.labels, keepsName ? source.dropsName(row) : true)
    row++
    if (!(yield* fillRow(query, block, base, apply, series, source, params, frame))) removeLastRow(block)
    else remarkOnCounter(query, expr, series)
  }
  return block
}

function* fillRow(
  query: Query,
  block: Block,
  base: number,
  apply: RangeFunction,
  { timestamps, values }: SeriesSamples,
  { windows }: RangeSource,
  params: readonly Float64Array[],
  frame: Frame,
): Generator<void, boolean> {
  const window: Window = {
    timestamps,
    values,
    from: 0,
    to: 0,
    endMs: 0,
    rangeMs: windows.rangeMs,
    timeMs: 0,
    params: [],
  }
  let found = false
  for (let step = 0; step < frame.steps; step++) {
    window.endMs = windows.firstEndMs + step * windows.stepMs
    window.from = firstAfter(timestamps, window.endMs - windows.rangeMs, window.from)
    window.to = firstAfter(timestamps, window.endMs, Math.max(window.from, window.to))
    if (window.from === window.to) continue
    if (query.due(window.to - window.from)) yield
    window.timeMs = frame.startMs + step * frame.stepMs
    if (params.length > 0) window.params = params.map((column) => column[step] ?? 0)
    const value = apply(window)
    if (value === undefined) continue
    setCell(block, base + step, value)
    found = true
  }
  return found
}

function remarkOnCounter(query: Query, expr: CallExpr, { labels }: SeriesSamples): void {
  if (expr.func !== 'rate' && expr.func !== 'increase') return
  const name = labelValue(labels, METRIC_NAME)
  const at: Expr | undefined = expr.args[0]
  if (name === '' || COUNTER_SUFFIX.test(name) || !at) return
  query.annotations.inform(
    `metric might not be a counter, name does not end in _total/_sum/_count/_bucket: "${name}"`,
    at,
  )
}
