import { isStaleAt, type SeriesSamples } from '../storage.ts'
import type { Expr, MatrixSelector, Subquery } from '../syntax/ast.ts'
import { unwrapParens } from '../syntax/ast.ts'
import type { Block, Frame } from './block.ts'
import type { Query } from './query.ts'
import { frameBounds } from './select-instant.ts'

/** Where the windows of a range function lie: `(end - rangeMs, end]`, one per step. */
export interface Windows {
  readonly firstEndMs: number
  readonly stepMs: number
  readonly rangeMs: number
}

/** The series a range function reads, and its windows. */
export interface RangeSource {
  readonly windows: Windows
  readonly series: Iterable<SeriesSamples>
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
  if (range.kind === 'matrix-selector') return selectSamples(query, range, frame)
  if (range.kind === 'subquery') return yield* selectSubquery(query, range, frame, evaluateVector)
  throw new Error(`${range.kind} is no range vector: the types were checked before`)
}

function selectSamples(query: Query, { selector, rangeMs }: MatrixSelector, frame: Frame): RangeSource {
  const { firstMs, lastMs, stepMs } = frameBounds(query, frame, selector)
  return {
    windows: { firstEndMs: firstMs, stepMs, rangeMs },
    series: query.queryable.select(selector.matchers, firstMs - rangeMs + 1, lastMs),
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
  const block = yield* evaluateVector(query, subquery.expr, { startMs, stepMs: innerMs, steps })
  return {
    windows,
    series: rowsAsSeries(block, startMs, innerMs),
    dropsName: (row) => block.dropName[row] ?? false,
  }
}

function* rowsAsSeries(block: Block, startMs: number, stepMs: number): Generator<SeriesSamples> {
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
    yield { labels, timestamps: timestamps.subarray(0, count), values: kept.subarray(0, count) }
  }
}

/** The samples without staleness markers; the same object when there are none. */
export function withoutStale(series: SeriesSamples): SeriesSamples {
  const { labels, timestamps, values } = series
  let stale = 0
  for (let i = 0; i < values.length; i++) if (isStaleAt(values, i)) stale++
  if (stale === 0) return series
  const keptTimes = new Float64Array(values.length - stale)
  const keptValues = new Float64Array(values.length - stale)
  let count = 0
  for (let i = 0; i < values.length; i++) {
    if (isStaleAt(values, i)) continue
    keptTimes[count] = timestamps[i] ?? 0
    keptValues[count++] = values[i] ?? 0
  }
  return { labels, timestamps: keptTimes, values: keptValues }
}
