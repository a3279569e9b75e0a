import type { SeriesSlice } from '../storage.ts'
import type { Expr, MatrixSelector, Subquery } from '../syntax/ast.ts'
import { unwrapParens } from '../syntax/ast.ts'
import type { Block, Frame } from './block.ts'
import type { Query } from './query.ts'
import { frameBounds } from './select-instant.ts'
import { prepareSelect, selectSlices } from './series-slice.ts'

/** Where the windows of a range function lie: `(end - rangeMs, end]`, one per step. */
export interface Windows {
  readonly firstEndMs: number
  readonly stepMs: number
  readonly rangeMs: number
}

/** The series a range function reads, and its windows. */
export interface RangeSource {
  readonly windows: Windows
  readonly series: Iterable<SeriesSlice>
  /** Rows of a subquery may carry a metric name that is due to go. */
  readonly dropsName: (row: number) => boolean
}

export type Evaluate = (query: Query, expr: Expr, frame: Frame) => Generator<void, Block>

/** The series of a range vector, staleness markers left out. */
export function* selectRange(
  query: Query,
  arg: Expr,
  frame: Frame,
  evaluateVector: Evaluate,
): Generator<void, RangeSource> {
  const range = unwrapParens(arg)
  if (range.kind === 'matrix-selector') {
    yield* prepareSelect(query, range.selector.matchers)
    return selectSamples(query, range, frame)
  }
  if (range.kind === 'subquery') return yield* selectSubquery(query, range, frame, evaluateVector)
  throw new Error(`${range.kind} is no range vector: the types were checked before`)
}

function selectSamples(query: Query, { selector, rangeMs }: MatrixSelector, frame: Frame): RangeSource {
  const { firstMs, lastMs, stepMs } = frameBounds(query, frame, selector)
  return {
    windows: { firstEndMs: firstMs, stepMs, rangeMs },
    series: selectSlices(query.queryable, selector.matchers, firstMs - rangeMs + 1, lastMs),
    dropsName: () => false,
  }
}

/** Evaluates the inner expression once for all windows, at multiples of the subquery's step. */
function* selectSubquery(
  query: Query,
  subquery: Subquery,
  frame: Frame,
  evaluateVector: Evaluate,
): Generator<void, RangeSource> {
  const { firstMs, lastMs, stepMs } = frameBounds(query, frame, subquery)
  const innerMs = subquery.stepMs ?? query.subqueryStepMs
  const oldest = firstMs - subquery.rangeMs
  const startMs = Math.floor(oldest / innerMs) * innerMs + innerMs
  const steps = Math.max(0, Math.floor((lastMs - startMs) / innerMs) + 1)
  const windows = { firstEndMs: firstMs, stepMs, rangeMs: subquery.rangeMs }
  if (steps === 0) return { windows, series: [], dropsName: () => false }
  query.chargeSteps(steps)
  const block = yield* evaluateVector(query, subquery.expr, { startMs, stepMs: innerMs, steps })
  return {
    windows,
    series: rowsAsSeries(block, startMs, innerMs),
    dropsName: (row) => block.dropName[row] ?? false,
  }
}

function* rowsAsSeries(block: Block, startMs: number, stepMs: number): Generator<SeriesSlice> {
  const { steps, values, present } = block
  for (const [row, labels] of block.labels.entries()) {
    const timestamps = new Float64Array(steps)
    const kept = new Float64Array(steps)
    let count = 0
    for (let step = 0; step < steps; step++) {
      const cell = row * steps + step
      if (present[cell] !== 1) continue
      timestamps[count] = startMs + step * stepMs
      kept[count++] = values[cell] ?? 0
    }
    yield { labels, timestamps, values: kept, from: 0, to: count, stales: 0, rises: false }
  }
}
