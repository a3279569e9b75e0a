import type { SetOp, VectorMatching } from '../syntax/ast.ts'
import type { Block } from './block.ts'
import { joinBlocks } from './block-builder.ts'
import type { Query } from './query.ts'
import { numberRows } from './signatures.ts'

/** `and`, `or`, `unless`: keeps samples by whether their signature occurs on the other side at that step. */
export function* combineSets(
  query: Query,
  op: SetOp,
  matching: VectorMatching,
  lhs: Block,
  rhs: Block,
): Generator<void, Block> {
  const { left, right, count } = yield* numberRows(query, matching, lhs, rhs)
  const { steps } = lhs
  query.charge(op === 'or' ? rhs.labels.length * steps : 0)
  const [kept, keptNumbers, other, otherNumbers] =
    op === 'or' ? [rhs, right, lhs, left] : [lhs, left, rhs, right]
  const occurs = yield* occurrences(query, other, otherNumbers, count)
  const wanted = op === 'and' ? 1 : 0
  for (let row = 0; row < keptNumbers.length; row++) {
    if (query.due(steps)) yield
    const base = (keptNumbers[row] ?? 0) * steps
    for (let step = 0; step < steps; step++) {
      if (occurs[base + step] !== wanted) kept.present[row * steps + step] = 0
    }
  }
  return op === 'or' ? yield* joinBlocks(query, [lhs, rhs]) : kept
}

function* occurrences(
  query: Query,
  block: Block,
  numbers: Int32Array,
  count: number,
): Generator<void, Uint8Array> {
  const { steps, present } = block
  query.charge(count * steps)
  const occurs = new Uint8Array(count * steps)
  for (let row = 0; row < numbers.length; row++) {
    if (query.due(steps)) yield
    const base = (numbers[row] ?? 0) * steps
    for (let step = 0; step < steps; step++) {
      if (present[row * steps + step] === 1) occurs[base + step] = 1
    }
  }
  return occurs
}
