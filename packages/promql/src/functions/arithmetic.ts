import type { ArithmeticOp, ComparisonOp } from '../syntax/ast.ts'

/** `x^y` as Go's math.Pow has it: 1 to any power and −1 to an infinite one are 1. */
function power(x: number, y: number): number {
  if (x === 1) return 1
  if (x === -1 && (y === Number.POSITIVE_INFINITY || y === Number.NEGATIVE_INFINITY)) return 1
  return x ** y
}

/** The larger value as Go's math.Max has it: an infinite one even beside a NaN. */
export function larger(x: number, y: number): number {
  return x === Number.POSITIVE_INFINITY || y === Number.POSITIVE_INFINITY
    ? Number.POSITIVE_INFINITY
    : Math.max(x, y)
}

/** The smaller value as Go's math.Min has it. */
export function smaller(x: number, y: number): number {
  return x === Number.NEGATIVE_INFINITY || y === Number.NEGATIVE_INFINITY
    ? Number.NEGATIVE_INFINITY
    : Math.min(x, y)
}

const ARITHMETIC: Readonly<Record<ArithmeticOp, (x: number, y: number) => number>> = {
  '+': (x, y) => x + y,
  '-': (x, y) => x - y,
  '*': (x, y) => x * y,
  '/': (x, y) => x / y,
  '%': (x, y) => x % y,
  '^': power,
  atan2: Math.atan2,
}

const COMPARISON: Readonly<Record<ComparisonOp, (x: number, y: number) => boolean>> = {
  '==': (x, y) => x === y,
  '!=': (x, y) => x !== y,
  '>': (x, y) => x > y,
  '<': (x, y) => x < y,
  '>=': (x, y) => x >= y,
  '<=': (x, y) => x <= y,
}

export function arithmetic(op: ArithmeticOp): (x: number, y: number) => number {
  return ARITHMETIC[op]
}

export function comparison(op: ComparisonOp): (x: number, y: number) => boolean {
  return COMPARISON[op]
}
