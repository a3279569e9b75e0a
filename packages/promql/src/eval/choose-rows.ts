import { sortInSteps } from '../sort-in-steps.ts'
import type { AggregateOp } from '../syntax/ast.ts'
import type { Block } from './block.ts'
import { hashLabels } from './hash-labels.ts'
import { NO_LABELS } from './labels.ts'
import type { Query } from './query.ts'
import { takeSteps } from './take-steps.ts'

/** Chooses among the rows of one group at one step, given in row order; the result is in output order. */
export type Choose = (
  rows: readonly number[],
  value: (row: number) => number,
  param: number,
) => Generator<void, readonly number[]>

export function chooserOf(query: Query, op: AggregateOp, input: Block): Choose {
  switch (op) {
    case 'limitk':
      return function* (rows, _, k) {
        if (query.due(rows.length)) yield
        return k < 1 ? [] : rows.slice(0, Math.trunc(k))
      }
    case 'limit_ratio':
      return chooseRatio(query, input)
    default:
      return chooseBest(query, op === 'topk' ? -1 : 1)
  }
}

/** Every series has its place between 0 and 1 by its labels: the same ratio chooses the same series. */
function chooseRatio(query: Query, input: Block): Choose {
  const places = new Map<number, number>()
  function placeOf(row: number): number {
    const place = places.get(row) ?? hashLabels(input.labels[row] ?? NO_LABELS)
    places.set(row, place)
    return place
  }
  return function* (rows, _, ratio) {
    const chosen: number[] = []
    for (const row of rows) {
      if (query.due(32)) yield
      const place = placeOf(row)
      if (ratio >= 0 ? place < Math.min(ratio, 1) : place >= 1 + Math.max(ratio, -1)) chosen.push(row)
    }
    return chosen
  }
}

/** The first `k` rows by value, NaN last; a small `k` among many rows is kept by insertion. */
function chooseBest(query: Query, direction: 1 | -1): Choose {
  return function* (rows, value, param) {
    const k = Math.min(Math.trunc(param), rows.length)
    if (k < 1) return []
    const order = (a: number, b: number): number => {
      const x = value(a)
      const y = value(b)
      if (Number.isNaN(x) || Number.isNaN(y)) return Number(Number.isNaN(x)) - Number(Number.isNaN(y))
      return x === y ? 0 : x < y ? -direction : direction
    }
    if (k > 16) return (yield* takeSteps(query, sortInSteps(rows, order))).slice(0, k)
    const kept: number[] = []
    for (const row of rows) {
      if (query.due(4)) yield
      const last = kept[k - 1]
      if (last !== undefined && order(row, last) >= 0) continue
      const at = kept.findIndex((other) => order(row, other) < 0)
      kept.splice(at < 0 ? kept.length : at, 0, row)
      if (kept.length > k) kept.pop()
    }
    return kept
  }
}
