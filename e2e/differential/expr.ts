export type ExprType = 'scalar' | 'vector' | 'range' | 'string'

/** Where a selector or a subquery looks instead of at the evaluation time. */
export interface Modifiers {
  readonly offset?: string
  readonly at?: string
}

export interface Selector extends Modifiers {
  readonly kind: 'selector'
  readonly name: string
  readonly matchers: readonly string[]
  /** A range selector, over this duration. */
  readonly range?: string
  readonly args: readonly []
}

export interface Subquery extends Modifiers {
  readonly kind: 'subquery'
  readonly range: string
  readonly step?: string
  readonly args: readonly [Expr]
}

export interface Aggregate {
  readonly kind: 'aggregate'
  readonly op: string
  readonly grouping?: { readonly without: boolean; readonly labels: readonly string[] }
  /** The parameter, if there is one, and what is aggregated. */
  readonly args: readonly Expr[]
}

export interface Matching {
  readonly on: boolean
  readonly labels: readonly string[]
  readonly group?: { readonly side: 'left' | 'right'; readonly include: readonly string[] }
}

export interface Binary {
  readonly kind: 'binary'
  readonly op: string
  readonly bool: boolean
  readonly matching?: Matching
  /** Written without parentheses around its operands: the parsers' precedence decides. */
  readonly bare: boolean
  readonly args: readonly [Expr, Expr]
}

/** An expression of the generator's own, so that neither parser has a say in what is asked. */
export type Expr =
  | { readonly kind: 'number'; readonly text: string; readonly args: readonly [] }
  | { readonly kind: 'string'; readonly value: string; readonly args: readonly [] }
  | Selector
  | Subquery
  | { readonly kind: 'call'; readonly func: string; readonly args: readonly Expr[] }
  | Aggregate
  | Binary
  | { readonly kind: 'negate'; readonly args: readonly [Expr] }

const SCALAR_FUNCTIONS: ReadonlySet<string> = new Set(['scalar', 'time', 'pi'])

export const number = (text: string): Expr => ({ kind: 'number', text, args: [] })
export const string = (value: string): Expr => ({ kind: 'string', value, args: [] })
export const call = (func: string, ...args: readonly Expr[]): Expr => ({ kind: 'call', func, args })

export function typeOf(expr: Expr): ExprType {
  switch (expr.kind) {
    case 'number':
      return 'scalar'
    case 'string':
      return 'string'
    case 'selector':
      return expr.range === undefined ? 'vector' : 'range'
    case 'subquery':
      return 'range'
    case 'call':
      return SCALAR_FUNCTIONS.has(expr.func) ? 'scalar' : 'vector'
    case 'aggregate':
      return 'vector'
    case 'negate':
      return typeOf(expr.args[0])
    case 'binary':
      return expr.args.every((arg) => typeOf(arg) === 'scalar') ? 'scalar' : 'vector'
  }
}

export function withArgs(expr: Expr, args: readonly Expr[]): Expr {
  return { ...expr, args } as Expr
}

/** What an expression is made of, by name: functions, aggregations, operators and modifiers. */
export function* featuresOf(expr: Expr): Generator<string> {
  yield* ownFeatures(expr)
  for (const arg of expr.args) yield* featuresOf(arg)
}

/** The same of its outermost part alone. */
export function* ownFeatures(expr: Expr): Generator<string> {
  if (expr.kind === 'call') yield expr.func
  if (expr.kind === 'aggregate') yield expr.op
  if (expr.kind === 'aggregate' && expr.grouping) yield expr.grouping.without ? 'without' : 'by'
  if (expr.kind === 'negate') yield 'unary -'
  if (expr.kind === 'subquery') yield 'subquery'
  if (expr.kind === 'binary') yield* featuresOfBinary(expr)
  if (expr.kind === 'selector' || expr.kind === 'subquery') {
    if (expr.offset !== undefined) yield 'offset'
    if (expr.at !== undefined) yield '@'
  }
}

function* featuresOfBinary({ op, bool, matching }: Binary): Generator<string> {
  yield op
  if (bool) yield 'bool'
  if (matching) yield matching.on ? 'on' : 'ignoring'
  if (matching?.group) yield `group_${matching.group.side}`
}
