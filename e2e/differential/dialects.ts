import { ownFeatures, typeOf } from './expr.ts'
import type { Dialect } from './print-expr.ts'

/** How Prometheus 2.42 is asked for what 3.x understands. */
export const PROMETHEUS_2_42: Dialect = {
  renamed: { double_exponential_smoothing: 'holt_winters' },
  rewrite(expr, text, print) {
    if (expr.kind === 'binary' && expr.op === 'atan2' && typeOf(expr) === 'vector') return `((${text}) * 1)`
    if (expr.kind === 'aggregate' && (expr.op === 'stddev' || expr.op === 'stdvar'))
      return `(${text} + 0 * ${print({ ...expr, op: 'avg' })})`
    return text
  },
}

/** Functions and operators whose last digits depend on how a sum is added up or on the mathematical library. */
export const ROUNDED: ReadonlySet<string> = new Set([
  ...['sum', 'avg', 'stddev', 'stdvar', 'quantile', '%', '^', 'atan2'],
  ...['sum_over_time', 'avg_over_time', 'stddev_over_time', 'stdvar_over_time', 'quantile_over_time'],
  ...['rate', 'increase', 'delta', 'deriv', 'predict_linear', 'double_exponential_smoothing'],
  ...['histogram_quantile', 'exp', 'ln', 'log2', 'log10', 'sin', 'cos', 'tan', 'asin', 'acos', 'atan'],
  ...['sinh', 'cosh', 'tanh', 'asinh', 'acosh', 'atanh', 'deg', 'rad', 'round', 'sqrt'],
])

/** The same question with every result that is rounded changed in the twelfth digit, from value to value by another amount. */
export function createNudged(): Dialect {
  let nodes = 0
  return {
    rewrite(expr, text) {
      if (![...ownFeatures(expr)].some((feature) => ROUNDED.has(feature))) return text
      const phase = `((time() + ${nodes++ * 10}) / 10) % 7`
      // The bounds keep infinities from becoming NaN.
      const amount =
        typeOf(expr) === 'scalar' ? phase : `sin(clamp((${text}) * 1e15, -1e300, 1e300) + ${phase})`
      return `((${text}) * (1 + 1e-12 * ${amount}))`
    },
  }
}
