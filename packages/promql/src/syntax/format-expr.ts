import type { Matcher } from '../storage.ts'
import {
  type AggregateExpr,
  type AtModifier,
  type BinaryExpr,
  type Expr,
  isSetOp,
  type VectorSelector,
} from './ast.ts'
import { formatDuration } from './durations.ts'
import { formatNumber } from './numbers.ts'
import { quote } from './strings.ts'

const PLAIN_LABEL = /^[a-zA-Z_]\w*$/
const PLAIN_METRIC = /^[a-zA-Z_:][\w:]*$/

/** An expression as text again, on one line, as Prometheus' `String()` has it. */
export function formatExpr(expr: Expr): string {
  switch (expr.kind) {
    case 'number':
      return expr.duration ? formatDuration(expr.value * 1000) : formatNumber(expr.value)
    case 'string':
      return quote(expr.value)
    case 'vector-selector':
      return formatSelector(expr) + formatModifiers(expr)
    case 'matrix-selector':
      return `${formatSelector(expr.selector)}[${formatDuration(expr.rangeMs)}]${formatModifiers(expr.selector)}`
    case 'subquery': {
      const step = expr.stepMs === undefined ? '' : formatDuration(expr.stepMs)
      return `${formatExpr(expr.expr)}[${formatDuration(expr.rangeMs)}:${step}]${formatModifiers(expr)}`
    }
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

/** The operator of a binary expression with its modifiers. */
export function formatOperator({ op, returnBool, matching }: BinaryExpr): string {
  const bool = returnBool ? ' bool' : ''
  const { card, on, labels, include } = matching
  const grouped = card === 'many-to-one' || card === 'one-to-many'
  if (!on && labels.length === 0 && !grouped) return op + bool
  const matched = ` ${on ? 'on' : 'ignoring'} (${formatLabelNames(labels)})`
  if (!grouped || isSetOp(op)) return op + bool + matched
  const group = card === 'many-to-one' ? 'group_left' : 'group_right'
  return `${op}${bool}${matched} ${group} (${formatLabelNames(include)})`
}

/** An aggregation with its grouping, without its arguments. */
export function formatAggregation({ op, grouping, without }: AggregateExpr): string {
  if (without) return `${op} without (${formatLabelNames(grouping)}) `
  return grouping.length > 0 ? `${op} by (${formatLabelNames(grouping)}) ` : op
}

export function formatModifiers({ offsetMs, at }: { offsetMs: number; at: AtModifier | undefined }): string {
  const pinned =
    at === undefined ? '' : typeof at === 'number' ? ` @ ${(at / 1000).toFixed(3)}` : ` @ ${at}()`
  return `${pinned}${offsetMs === 0 ? '' : ` offset ${formatDuration(offsetMs)}`}`
}

export function formatSelector({ name, matchers }: VectorSelector): string {
  const shown = name === undefined ? matchers : matchers.slice(0, -1)
  const plain = name !== undefined && PLAIN_METRIC.test(name)
  const parts = shown.map(formatMatcher)
  if (name !== undefined && !plain) parts.unshift(quote(name))
  return `${plain ? name : ''}${parts.length > 0 || !plain ? `{${parts.join(',')}}` : ''}`
}

function formatMatcher({ name, type, value }: Matcher): string {
  if (name === '__name__' && type === '=' && !PLAIN_METRIC.test(value)) return quote(value)
  return `${PLAIN_LABEL.test(name) ? name : quote(name)}${type}${quote(value)}`
}

function formatLabelNames(names: readonly string[]): string {
  return names.map((name) => (PLAIN_LABEL.test(name) ? name : quote(name))).join(', ')
}
