import { labelsKey } from '../eval/labels.ts'
import { resultLabels } from '../eval/match-vectors.ts'
import { signatureOf } from '../eval/signatures.ts'
import { arithmetic, comparison } from '../functions/arithmetic.ts'
import type { Labels } from '../storage.ts'
import { type BinaryExpr, isComparison, isSetOp, type VectorMatching } from '../syntax/ast.ts'
import { BeyondPlan, createRows, type PlanNode, type Rows } from './plan-node.ts'

/** A vector and a number: writes into the vector's own rows. */
export function planWithNumber(
  { op, returnBool }: BinaryExpr,
  input: PlanNode,
  number: number,
  numberFirst: boolean,
): PlanNode | undefined {
  if (isSetOp(op)) return undefined
  const compare = isComparison(op) ? comparison(op) : undefined
  const compute = isComparison(op) ? undefined : arithmetic(op)
  return {
    dropsName: input.dropsName || returnBool || compute !== undefined,
    run(moment) {
      const rows = input.run(moment)
      const { labels, values, present } = rows
      for (let row = 0; row < labels.length; row++) {
        if (present[row] !== 1) continue
        const left = numberFirst ? number : (values[row] ?? 0)
        const right = numberFirst ? (values[row] ?? 0) : number
        if (compute) values[row] = compute(left, right)
        else if (returnBool) values[row] = compare?.(left, right) ? 1 : 0
        else if (!compare?.(left, right)) present[row] = 0
      }
      return rows
    },
  }
}

/** Which rows of two vectors match; found once, as long as both have the same rows. */
interface Matches {
  readonly left: readonly Labels[]
  readonly right: readonly Labels[]
  readonly leftNumbers: Int32Array
  readonly rightNumbers: Int32Array
  /** The row of the right side that has each number in this evaluation; −1: none. */
  readonly rightAt: Int32Array
}

function matchRows(matching: VectorMatching, left: readonly Labels[], right: readonly Labels[]): Matches {
  const signature = signatureOf(matching)
  const numbers = new Map<string, number>()
  const numberOf = (labels: Labels): number => {
    const key = signature(labels)
    const number = numbers.get(key) ?? numbers.size
    numbers.set(key, number)
    return number
  }
  const leftNumbers = Int32Array.from(left, numberOf)
  const rightNumbers = Int32Array.from(right, numberOf)
  return { left, right, leftNumbers, rightNumbers, rightAt: new Int32Array(numbers.size) }
}

/** Evaluates both sides, and says which of their rows match. */
function createMatcher(expr: BinaryExpr, left: PlanNode, right: PlanNode) {
  let matches = matchRows(expr.matching, [], [])
  return (moment: Parameters<PlanNode['run']>[0]) => {
    const lhs = left.run(moment)
    const rhs = right.run(moment)
    if (lhs.labels !== matches.left || rhs.labels !== matches.right)
      matches = matchRows(expr.matching, lhs.labels, rhs.labels)
    return { lhs, rhs, matches }
  }
}

/** `and`, `unless`: takes away rows of the left side by whether the right side has a match. */
export function planFilter(expr: BinaryExpr, left: PlanNode, right: PlanNode): PlanNode {
  const match = createMatcher(expr, left, right)
  const wanted = expr.op === 'and'
  return {
    dropsName: left.dropsName,
    run(moment) {
      const { lhs, rhs, matches } = match(moment)
      const { leftNumbers, rightNumbers, rightAt } = matches
      rightAt.fill(-1)
      for (let row = 0; row < rightNumbers.length; row++)
        if (rhs.present[row] === 1) rightAt[rightNumbers[row] ?? 0] = row
      for (let row = 0; row < leftNumbers.length; row++) {
        const matched = (rightAt[leftNumbers[row] ?? 0] ?? -1) >= 0
        if (matched !== wanted) lhs.present[row] = 0
      }
      return lhs
    },
  }
}

/** Arithmetic and comparison between two vectors, one to one. What does not match so is left to the evaluator, which says why. */
export function planOneToOne(expr: BinaryExpr, left: PlanNode, right: PlanNode): PlanNode | undefined {
  const { op, returnBool } = expr
  if (isSetOp(op) || expr.matching.card !== 'one-to-one') return undefined
  const match = createMatcher(expr, left, right)
  const compare = isComparison(op) ? comparison(op) : undefined
  const compute = isComparison(op) ? undefined : arithmetic(op)
  let seen: readonly Labels[] | undefined
  let rows = createRows([])
  let ambiguous = false

  function renew(labels: readonly Labels[]): void {
    rows = createRows(labels.map((one) => resultLabels(expr, one, one)))
    ambiguous = new Set(rows.labels.map(labelsKey)).size < labels.length
    seen = labels
  }
  return {
    dropsName: left.dropsName || returnBool,
    run(moment) {
      const { lhs, rhs, matches } = match(moment)
      if (lhs.labels !== seen) renew(lhs.labels)
      if (ambiguous) throw new BeyondPlan()
      rows.present.fill(0)
      if (!lhs.present.includes(1)) return rows
      const { leftNumbers, rightNumbers, rightAt } = matches
      indexRight(rhs, rightNumbers, rightAt)
      for (let row = 0; row < leftNumbers.length; row++) {
        const other = rightAt[leftNumbers[row] ?? 0] ?? -1
        if (lhs.present[row] !== 1 || other < 0) continue
        const a = lhs.values[row] ?? 0
        const b = rhs.values[other] ?? 0
        const holds = compare?.(a, b)
        if (holds === false && !returnBool) continue
        rows.values[row] = compute ? compute(a, b) : returnBool ? Number(holds) : a
        rows.present[row] = 1
      }
      return rows
    },
  }
}

function indexRight({ present }: Rows, numbers: Int32Array, rightAt: Int32Array): void {
  rightAt.fill(-1)
  for (let row = 0; row < numbers.length; row++) {
    if (present[row] !== 1) continue
    const number = numbers[row] ?? 0
    if ((rightAt[number] ?? -1) >= 0) throw new BeyondPlan()
    rightAt[number] = row
  }
}
