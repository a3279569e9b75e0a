import { QueryError } from '../errors.ts'
import { sortInSteps } from '../sort-in-steps.ts'
import type { Labels, SeriesSamples } from '../storage.ts'
import type { Expr } from '../syntax/ast.ts'
import { unwrapParens } from '../syntax/ast.ts'
import { typeOf } from '../syntax/check-types.ts'
import type { Block, Frame } from './block.ts'
import { evaluate } from './evaluate.ts'
import { labelsKey, NO_LABELS } from './labels.ts'
import type { Query } from './query.ts'
import { selectRange } from './select-range.ts'
import { firstAfter, withoutStale } from './series-slice.ts'
import { settleNames } from './settle-names.ts'
import { takeSteps } from './take-steps.ts'

/** One series of an instant vector. */
export interface VectorSample {
  readonly labels: Labels
  readonly value: number
}

/** What a query came to. Times are milliseconds since the epoch. */
export type QueryValue =
  | { readonly type: 'scalar'; readonly timeMs: number; readonly value: number }
  | { readonly type: 'string'; readonly timeMs: number; readonly value: string }
  | { readonly type: 'vector'; readonly timeMs: number; readonly value: readonly VectorSample[] }
  | { readonly type: 'matrix'; readonly value: readonly SeriesSamples[] }

/** A query's value with the remarks made on the way. */
export type QueryResult = QueryValue & {
  readonly warnings: readonly string[]
  readonly infos: readonly string[]
}

/** Evaluates at one time. Rows keep the order of the storage, or of `sort` and `topk`. */
export function* runInstant(query: Query, expr: Expr): Generator<void, QueryResult> {
  const timeMs = query.startMs
  const frame: Frame = { startMs: timeMs, stepMs: 0, steps: 1 }
  const inner = unwrapParens(expr)
  if (inner.kind === 'matrix-selector' || inner.kind === 'subquery') {
    return withRemarks(query, { type: 'matrix', value: yield* readRange(query, inner, frame) })
  }
  const value = yield* evaluate(query, expr, frame)
  if (value.kind === 'string') return withRemarks(query, { type: 'string', timeMs, value: value.value })
  if (value.kind === 'scalar')
    return withRemarks(query, { type: 'scalar', timeMs, value: value.values[0] ?? 0 })
  return withRemarks(query, {
    type: 'vector',
    timeMs,
    value: yield* readVector(query, yield* settleNames(query, value.block)),
  })
}

/** Evaluates at every step from the query's start to its end. Series are ordered by their labels. */
export function* runRange(query: Query, expr: Expr): Generator<void, QueryResult> {
  const type = typeOf(expr)
  if (type !== 'scalar' && type !== 'vector') {
    const named = type === 'matrix' ? 'range vector' : type
    throw new QueryError(
      'execution',
      `invalid expression type "${named}" for range query, must be Scalar or instant Vector`,
    )
  }
  const steps = Math.max(0, Math.floor((query.endMs - query.startMs) / query.stepMs) + 1)
  query.chargeSteps(steps)
  const frame: Frame = { startMs: query.startMs, stepMs: query.stepMs, steps }
  const value = yield* evaluate(query, expr, frame)
  if (value.kind === 'string') throw new Error('a string is no vector: the types were checked before')
  if (value.kind === 'scalar') {
    const timestamps = value.values.map((_, step) => frame.startMs + step * frame.stepMs)
    const series = { labels: NO_LABELS, timestamps, values: value.values }
    return withRemarks(query, { type: 'matrix', value: steps > 0 ? [series] : [] })
  }
  return withRemarks(query, {
    type: 'matrix',
    value: yield* readMatrix(query, yield* settleNames(query, value.block), frame),
  })
}

function withRemarks(query: Query, value: QueryValue): QueryResult {
  return { ...value, ...query.annotations.list() }
}

function* readVector(query: Query, block: Block): Generator<void, VectorSample[]> {
  const samples: VectorSample[] = []
  for (let row = 0; row < block.labels.length; row++) {
    if (query.due(16)) yield
    if (block.present[row] !== 1) continue
    samples.push({ labels: block.labels[row] ?? NO_LABELS, value: block.values[row] ?? Number.NaN })
  }
  return samples
}

function* readMatrix(
  query: Query,
  block: Block,
  { startMs, stepMs, steps }: Frame,
): Generator<void, SeriesSamples[]> {
  const matrix: SeriesSamples[] = []
  for (const [row, labels] of block.labels.entries()) {
    if (query.due(steps)) yield
    const timestamps = new Float64Array(steps)
    const values = new Float64Array(steps)
    let count = 0
    for (let step = 0; step < steps; step++) {
      const cell = row * steps + step
      if (block.present[cell] !== 1) continue
      timestamps[count] = startMs + step * stepMs
      values[count++] = block.values[cell] ?? Number.NaN
    }
    if (count === 0) continue
    matrix.push({ labels, timestamps: timestamps.subarray(0, count), values: values.subarray(0, count) })
  }
  return yield* orderByLabels(query, matrix)
}

function* orderByLabels(query: Query, matrix: readonly SeriesSamples[]): Generator<void, SeriesSamples[]> {
  const keyed: { readonly key: string; readonly series: SeriesSamples }[] = []
  for (const series of matrix) {
    if (query.due(UNITS_PER_KEY)) yield
    keyed.push({ key: labelsKey(series.labels), series })
  }
  const sorted = yield* takeSteps(
    query,
    sortInSteps(keyed, (a, b) => (a.key === b.key ? 0 : a.key < b.key ? -1 : 1)),
  )
  return sorted.map(({ series }) => series)
}

/** Looking at a series' labels costs about as much as this many samples. */
const UNITS_PER_KEY = 64

/** A range vector as the result itself: its samples as they were stored. */
function* readRange(query: Query, expr: Expr, frame: Frame): Generator<void, SeriesSamples[]> {
  const { series, windows } = yield* selectRange(query, expr, frame, evaluateVector)
  const matrix: SeriesSamples[] = []
  for (const raw of series) {
    const held = raw.to - raw.from
    query.charge(held)
    const { labels, timestamps, values, from, to } = withoutStale(raw)
    const first = firstAfter(timestamps, windows.firstEndMs - windows.rangeMs, from, to)
    const end = firstAfter(timestamps, windows.firstEndMs, first, to)
    if (first < end)
      matrix.push({ labels, timestamps: timestamps.slice(first, end), values: values.slice(first, end) })
    if (query.due(held)) yield
  }
  return yield* orderByLabels(query, matrix)
}

function* evaluateVector(query: Query, expr: Expr, frame: Frame): Generator<void, Block> {
  const value = yield* evaluate(query, expr, frame)
  if (value.kind !== 'vector') throw new Error('a subquery holds a vector: the types were checked before')
  return yield* settleNames(query, value.block)
}
