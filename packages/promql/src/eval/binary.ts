import { arithmetic, comparison } from '../functions/arithmetic.ts'
import { type BinaryExpr, isComparison, isSetOp, type SetOp } from '../syntax/ast.ts'
import type { Block, Value } from './block.ts'
import { matchVectors } from './match-vectors.ts'
import type { Query } from './query.ts'
import { combineSets } from './set-operators.ts'

/** Applies a binary operator to its evaluated operands. */
export function* evaluateBinary(
  query: Query,
  expr: BinaryExpr,
  lhs: Value,
  rhs: Value,
): Generator<void, Value> {
  if (lhs.kind === 'scalar' && rhs.kind === 'scalar') return scalarScalar(expr, lhs.values, rhs.values)
  if (lhs.kind === 'vector' && rhs.kind === 'scalar') {
    return { kind: 'vector', block: yield* vectorScalar(query, expr, lhs.block, rhs.values, false) }
  }
  if (lhs.kind === 'scalar' && rhs.kind === 'vector') {
    return { kind: 'vector', block: yield* vectorScalar(query, expr, rhs.block, lhs.values, true) }
  }
  if (lhs.kind !== 'vector' || rhs.kind !== 'vector') {
    throw new Error('operands are scalars or vectors: the types were checked before')
  }
  const { op } = expr
  const block = isSetOp(op)
    ? yield* combineSets(query, op satisfies SetOp, expr.matching, lhs.block, rhs.block)
    : yield* matchVectors(query, expr, lhs.block, rhs.block)
  return { kind: 'vector', block }
}

function scalarScalar({ op }: BinaryExpr, lhs: Float64Array, rhs: Float64Array): Value {
  if (isSetOp(op)) throw new Error('set operators take vectors: the types were checked before')
  const values = lhs.slice()
  if (isComparison(op)) {
    const holds = comparison(op)
    for (let i = 0; i < values.length; i++) values[i] = holds(lhs[i] ?? 0, rhs[i] ?? 0) ? 1 : 0
  } else {
    const compute = arithmetic(op)
    for (let i = 0; i < values.length; i++) values[i] = compute(lhs[i] ?? 0, rhs[i] ?? 0)
  }
  return { kind: 'scalar', values }
}

/** Writes into the vector's own block: nobody else holds it. */
function* vectorScalar(
  query: Query,
  { op, returnBool }: BinaryExpr,
  block: Block,
  scalar: Float64Array,
  swapped: boolean,
): Generator<void, Block> {
  if (isSetOp(op)) throw new Error('set operators take vectors: the types were checked before')
  const compare = isComparison(op) ? comparison(op) : undefined
  const compute = isComparison(op) ? undefined : arithmetic(op)
  const { steps, values, present } = block
  for (let row = 0; row < block.labels.length; row++) {
    if (query.due(steps)) yield
    if (compute || returnBool) block.dropName[row] = true
    for (let step = 0; step < steps; step++) {
      const cell = row * steps + step
      if (present[cell] !== 1) continue
      const left = swapped ? (scalar[step] ?? 0) : (values[cell] ?? 0)
      const right = swapped ? (values[cell] ?? 0) : (scalar[step] ?? 0)
      if (compute) values[cell] = compute(left, right)
      else if (returnBool) values[cell] = compare?.(left, right) ? 1 : 0
      else if (!compare?.(left, right)) present[cell] = 0
    }
  }
  return block
}
