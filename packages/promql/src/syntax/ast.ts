import type { Position } from '../errors.ts'
import type { Matcher } from '../storage.ts'
import type { FunctionName } from './signatures.ts'

/** The type of an expression, as Prometheus names them. */
export type ValueType = 'scalar' | 'vector' | 'matrix' | 'string'

/** Where `@` pins an evaluation: a time in milliseconds, or the query's own start or end. */
export type AtModifier = number | 'start' | 'end'

export interface NumberLiteral extends Position {
  readonly kind: 'number'
  readonly value: number
  /** Written as a duration (`5m`): formatted as one again. */
  readonly duration: boolean
}

export interface StringLiteral extends Position {
  readonly kind: 'string'
  readonly value: string
}

export interface VectorSelector extends Position {
  readonly kind: 'vector-selector'
  /** The metric name written before the braces, if any; `matchers` includes it. */
  readonly name: string | undefined
  readonly matchers: readonly Matcher[]
  readonly offsetMs: number
  readonly at: AtModifier | undefined
}

export interface MatrixSelector extends Position {
  readonly kind: 'matrix-selector'
  readonly selector: VectorSelector
  readonly rangeMs: number
}

export interface Subquery extends Position {
  readonly kind: 'subquery'
  readonly expr: Expr
  readonly rangeMs: number
  /** Undefined: the engine's default step. */
  readonly stepMs: number | undefined
  readonly offsetMs: number
  readonly at: AtModifier | undefined
}

export interface ParenExpr extends Position {
  readonly kind: 'paren'
  readonly expr: Expr
}

export interface UnaryExpr extends Position {
  readonly kind: 'unary'
  readonly op: '+' | '-'
  readonly expr: Expr
}

export type ArithmeticOp = '+' | '-' | '*' | '/' | '%' | '^' | 'atan2'
export type ComparisonOp = '==' | '!=' | '>' | '<' | '>=' | '<='
export type SetOp = 'and' | 'or' | 'unless'
export type BinaryOp = ArithmeticOp | ComparisonOp | SetOp

/** How the series of two vectors find each other. */
export interface VectorMatching {
  readonly card: 'one-to-one' | 'many-to-one' | 'one-to-many' | 'many-to-many'
  /** True: match `on` the labels; false: match `ignoring` them. */
  readonly on: boolean
  readonly labels: readonly string[]
  /** Labels that `group_left` or `group_right` copies from the "one" side. */
  readonly include: readonly string[]
}

export interface BinaryExpr extends Position {
  readonly kind: 'binary'
  readonly op: BinaryOp
  readonly lhs: Expr
  readonly rhs: Expr
  readonly returnBool: boolean
  /** Meaningful when both sides are vectors. */
  readonly matching: VectorMatching
}

export type AggregateOp =
  | 'sum'
  | 'avg'
  | 'min'
  | 'max'
  | 'count'
  | 'group'
  | 'stddev'
  | 'stdvar'
  | 'topk'
  | 'bottomk'
  | 'limitk'
  | 'limit_ratio'
  | 'quantile'
  | 'count_values'

export interface AggregateExpr extends Position {
  readonly kind: 'aggregate'
  readonly op: AggregateOp
  readonly expr: Expr
  readonly param: Expr | undefined
  readonly grouping: readonly string[]
  readonly without: boolean
}

export interface CallExpr extends Position {
  readonly kind: 'call'
  readonly func: FunctionName
  readonly args: readonly Expr[]
}

/** A parsed, type-checked PromQL expression. */
export type Expr =
  | NumberLiteral
  | StringLiteral
  | VectorSelector
  | MatrixSelector
  | Subquery
  | ParenExpr
  | UnaryExpr
  | BinaryExpr
  | AggregateExpr
  | CallExpr

const COMPARISONS: ReadonlySet<string> = new Set(['==', '!=', '>', '<', '>=', '<='])
const SETS: ReadonlySet<string> = new Set(['and', 'or', 'unless'])

export function isComparison(op: BinaryOp): op is ComparisonOp {
  return COMPARISONS.has(op)
}

export function isSetOp(op: BinaryOp): op is SetOp {
  return SETS.has(op)
}

/** The expression inside any parentheses. */
export function unwrapParens(expr: Expr): Expr {
  let inner = expr
  while (inner.kind === 'paren') inner = inner.expr
  return inner
}

/** The expressions directly below one. */
export function children(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case 'number':
    case 'string':
    case 'vector-selector':
      return []
    case 'matrix-selector':
      return [expr.selector]
    case 'subquery':
    case 'paren':
    case 'unary':
      return [expr.expr]
    case 'binary':
      return [expr.lhs, expr.rhs]
    case 'aggregate':
      return expr.param ? [expr.param, expr.expr] : [expr.expr]
    case 'call':
      return expr.args
  }
}
