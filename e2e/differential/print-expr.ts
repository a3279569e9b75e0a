import type { Aggregate, Binary, Expr, Modifiers } from './expr.ts'

/** How an expression is asked for when not just as it stands. */
export interface Dialect {
  /** Functions by another name. */
  readonly renamed?: Readonly<Record<string, string>>
  /** What is written for a part of an expression, given its text. */
  readonly rewrite?: (expr: Expr, text: string, print: (inner: Expr) => string) => string
}

/** The text of an expression. Operands that are operations stand in parentheses, unless it is `bare`. */
export function printExpr(expr: Expr, dialect: Dialect = {}): string {
  const print = (inner: Expr): string => printExpr(inner, dialect)
  const text = printAsItStands(expr, dialect, print)
  return dialect.rewrite?.(expr, text, print) ?? text
}

function printAsItStands(expr: Expr, dialect: Dialect, print: (inner: Expr) => string): string {
  switch (expr.kind) {
    case 'number':
      return expr.text
    case 'string':
      return JSON.stringify(expr.value)
    case 'selector': {
      const matchers = expr.matchers.length > 0 ? `{${expr.matchers.join(',')}}` : ''
      const range = expr.range === undefined ? '' : `[${expr.range}]`
      return `${expr.name}${matchers}${range}${printModifiers(expr)}`
    }
    case 'subquery':
      return `${operand(expr.args[0], print)}[${expr.range}:${expr.step ?? ''}]${printModifiers(expr)}`
    case 'call':
      return `${dialect.renamed?.[expr.func] ?? expr.func}(${expr.args.map(print).join(', ')})`
    case 'aggregate':
      return `${expr.op}${printGrouping(expr)}(${expr.args.map(print).join(', ')})`
    case 'negate':
      return `-${operand(expr.args[0], print)}`
    case 'binary': {
      const side = expr.bare ? print : (inner: Expr): string => operand(inner, print)
      return `${side(expr.args[0])} ${printOperator(expr)} ${side(expr.args[1])}`
    }
  }
}

function operand(expr: Expr, print: (inner: Expr) => string): string {
  const loose = expr.kind === 'binary' || expr.kind === 'negate' || expr.kind === 'number'
  return loose ? `(${print(expr)})` : print(expr)
}

function printModifiers({ offset, at }: Modifiers): string {
  return `${at === undefined ? '' : ` @ ${at}`}${offset === undefined ? '' : ` offset ${offset}`}`
}

function printGrouping({ grouping }: Aggregate): string {
  return grouping ? ` ${grouping.without ? 'without' : 'by'} (${grouping.labels.join(', ')}) ` : ''
}

function printOperator({ op, bool, matching }: Binary): string {
  const shown = bool ? `${op} bool` : op
  if (!matching) return shown
  const matched = `${shown} ${matching.on ? 'on' : 'ignoring'} (${matching.labels.join(', ')})`
  const { group } = matching
  return group ? `${matched} group_${group.side} (${group.include.join(', ')})` : matched
}
