import type { Matcher } from '../storage.ts'
import type { AggregateExpr, AtModifier, BinaryExpr, Expr, Subquery, VectorSelector } from './ast.ts'
import { typeOf } from './check-types.ts'
import { formatDuration } from './durations.ts'
import { formatFixed } from './numbers.ts'
import { quote } from './strings.ts'

const PLAIN_LABEL = /^[a-zA-Z_]\w*$/

/** An expression as text again, on one line, as Prometheus' `String()` has it. */
export function formatExpr(expr: Expr): string {
  switch (expr.kind) {
    case 'number':
      return expr.duration ? formatDuration(expr.value * 1000) : formatFixed(expr.value)
    case 'string':
      return quote(expr.value)
    case 'vector-selector':
      return formatSelector(expr) + formatModifiers(expr)
    case 'matrix-selector':
      return `${formatSelector(expr.selector)}[${formatDuration(expr.rangeMs)}]${formatModifiers(expr.selector)}`
    case 'subquery':
      return formatExpr(expr.expr) + formatSubqueryRange(expr)
    case 'paren':
      return `(${formatExpr(expr.expr)})`
    case 'unary':
      return expr.op + formatExpr(expr.expr)
    case 'binary':
      return `${formatExpr(expr.lhs)} ${formatOperator(expr)} ${formatExpr(expr.rhs)}`
    case 'aggregate':
      return `${formatAggregation(expr)}(${[expr.param, expr.expr].flatMap((arg) => (arg ? [formatExpr(arg)] : [])).join(', ')})`
    case 'call':
      return `${expr.func}(${expr.args.map(formatExpr).join(', ')})`
  }
}

/** The range, step and modifiers of a subquery. */
export function formatSubqueryRange(expr: Subquery): string {
  const step = expr.stepMs === undefined ? '' : formatDuration(expr.stepMs)
  return `[${formatDuration(expr.rangeMs)}:${step}]${formatModifiers(expr)}`
}

/** The operator of a binary expression with its modifiers. */
export function formatOperator({ op, returnBool, matching, lhs, rhs }: BinaryExpr): string {
  const { card, on, labels, include } = matching
  const grouped = card === 'many-to-one' || card === 'one-to-many'
  const vectors = typeOf(lhs) === 'vector' && typeOf(rhs) === 'vector'
  const shown = returnBool ? `${op} bool` : op
  if (!vectors || (!on && labels.length === 0 && !grouped)) return shown
  const matched = `${shown} ${on ? 'on' : 'ignoring'} (${formatLabelNames(labels)})`
  if (!grouped) return matched
  return `${matched} group_${card === 'many-to-one' ? 'left' : 'right'} (${formatLabelNames(include)})`
}

/** An aggregation with its grouping, without its arguments. */
export function formatAggregation({ op, grouping, without }: AggregateExpr): string {
  if (without) return `${op} without (${formatLabelNames(grouping)}) `
  return grouping.length > 0 ? `${op} by (${formatLabelNames(grouping)}) ` : op
}

function formatModifiers({ offsetMs, at }: { offsetMs: number; at: AtModifier | undefined }): string {
  const pinned =
    at === undefined ? '' : typeof at === 'number' ? ` @ ${(at / 1000).toFixed(3)}` : ` @ ${at}()`
  return `${pinned}${offsetMs === 0 ? '' : ` offset ${formatDuration(offsetMs)}`}`
}

function formatSelector({ name, matchers }: VectorSelector): string {
  const shown = name === undefined ? matchers : matchers.slice(0, -1)
  const parts = shown.map(formatMatcher).sort()
  return (name ?? '') + (parts.length > 0 ? `{${parts.join(',')}}` : '')
}

function formatMatcher({ name, type, value }: Matcher): string {
  return `${PLAIN_LABEL.test(name) ? name : quote(name)}${type}${quote(value)}`
}

function formatLabelNames(names: readonly string[]): string {
  return names.map((name) => (PLAIN_LABEL.test(name) ? name : quote(name))).join(', ')
}
