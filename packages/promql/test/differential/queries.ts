import fc from 'fast-check'
import { EPOCH_MS } from './series.ts'

const OVER_RANGE = [
  'avg_over_time',
  'min_over_time',
  'max_over_time',
  'sum_over_time',
  'count_over_time',
  'last_over_time',
  'present_over_time',
  'absent_over_time',
  'stddev_over_time',
  'stdvar_over_time',
  'changes',
  'delta',
  'idelta',
  'deriv',
]
const OF_VALUE = [
  'abs',
  'ceil',
  'floor',
  'exp',
  'sqrt',
  'ln',
  'log2',
  'log10',
  'sgn',
  'sin',
  'cos',
  'atan',
  'asinh',
  'tanh',
  'deg',
  'rad',
  'sort',
  'sort_desc',
  'round',
]
const OF_TIME = [
  'day_of_month',
  'day_of_week',
  'day_of_year',
  'days_in_month',
  'hour',
  'minute',
  'month',
  'year',
]
const FOLDS = ['sum', 'avg', 'min', 'max', 'count', 'group']
const COMPUTING = ['+', '-', '*', '/', '^', '!= bool', '< bool']
const OPERATORS = [...COMPUTING, '==', '>', '>=', '<=']
const SETS = ['and', 'or', 'unless']

/**
 * Expressions that mean the same in Prometheus 2.42 and 3.x. Left out, because they do not: functions that are
 * new, dates of what is no number, `predict_linear` of a pinned range (which 2.42 loses), `topk` and its kin where values tie (only their sums are compared), and metrics that differ in name alone.
 */
export const expressions: fc.Arbitrary<string> = fc.letrec<Record<'vector' | 'scalar' | 'range', string>>(
  (tie) => {
    const vector = tie('vector')
    const scalar = tie('scalar')
    const range = tie('range')
    return {
      range: fc.oneof(
        fc
          .tuple(selector(), duration(), modifiers())
          .map(([name, length, modified]) => `${name}[${length}]${modified}`),
        fc
          .tuple(vector.filter(hasNoSubquery), duration(), fc.constantFrom('30s', '1m', ''), modifiers())
          .map(([inner, length, step, modified]) => `(${inner})[${length}:${step}]${modified}`),
      ),
      scalar: fc.oneof(
        { withCrossShrink: true },
        fc.constantFrom('0', '1', '2.5', '-3', '0.5', '100', '1e3', 'Inf', 'NaN'),
        fc.constantFrom('time()', 'pi()', '(5 % 3)', '(2 ^ 0.5)', '(1 > bool 2)'),
        vector.map((inner) => `scalar(${inner})`),
      ),
      vector: fc.oneof(
        { maxDepth: 3, withCrossShrink: true },
        fc.tuple(selector(), modifiers()).map(([name, modified]) => name + modified),
        fc.tuple(fc.constantFrom(...OVER_RANGE), range).map(([name, inner]) => `${name}(${inner})`),
        fc
          .tuple(fc.constantFrom('rate', 'increase', 'irate', 'resets'), duration(), modifiers())
          .map(([name, length, modified]) => `${name}(requests_total[${length}]${modified})`),
        fc.tuple(quantile(), range).map(([q, inner]) => `quantile_over_time(${q}, ${inner})`),
        fc
          .tuple(
            range.filter((inner) => !inner.includes('@')),
            scalar,
          )
          .map(([inner, seconds]) => `predict_linear(${inner}, ${seconds})`),
        range.map((inner) => `double_exponential_smoothing(${inner}, 0.3, 0.6)`),
        fc.tuple(fc.constantFrom(...OF_VALUE), vector).map(([name, inner]) => `${name}(${inner})`),
        fc
          .tuple(fc.constantFrom('clamp_min', 'clamp_max', 'round'), vector, scalar)
          .map(([name, inner, x]) => `${name}(${inner}, ${x})`),
        fc
          .tuple(fc.constantFrom(...OF_TIME), vector)
          .map(([name, inner]) => `${name}((${inner}) * 1e6 > -1e10 < 1e10)`),
        fc
          .tuple(fc.constantFrom(...FOLDS), grouping(), vector)
          .map(([op, groups, inner]) => `${op} ${groups} (${inner})`),
        fc
          .tuple(quantile(), grouping(), vector)
          .map(([q, groups, inner]) => `quantile ${groups} (${q}, ${inner})`),
        fc
          .tuple(fc.constantFrom('topk', 'bottomk'), fc.nat(4), vector)
          .map(([op, k, inner]) => `sum(${op}(${k}, ${inner}))`),
        // 2.42 takes the spread of a single infinite value for 0; that of large values is rounding.
        fc
          .tuple(fc.constantFrom('stddev', 'stdvar'), grouping(), vector)
          .map(([op, groups, inner]) => `${op} ${groups} ((${inner}) > -1e6 < 1e6)`),
        // Of what was computed, a remainder tells rounding only.
        fc.tuple(selector(), scalar).map(([name, x]) => `${name} % ${x}`),
        // 2.42 keeps the name of what atan2 computes: here there is none.
        fc.tuple(vector, vector).map(([y, x]) => `sum by (job) (${y}) atan2 sum by (job) (${x})`),
        vector.map((inner) => `count_values by (job) ("value", round(${inner}))`),
        fc
          .tuple(quantile(), fc.constantFrom('le', 'le, job'), duration())
          .map(
            ([q, by, length]) =>
              `histogram_quantile(${q}, sum by (${by}) (rate(latency_seconds_bucket[${length}])))`,
          ),
        fc
          .tuple(vector, fc.constantFrom(...OPERATORS), scalar)
          .map(([left, op, right]) => `(${left}) ${op} ${right}`),
        fc
          .tuple(scalar, fc.constantFrom(...OPERATORS), vector)
          .map(([left, op, right]) => `${left} ${op} (${right})`),
        fc
          .tuple(vector, fc.constantFrom(...OPERATORS, ...SETS), vector)
          .map(([left, op, right]) => `(${left}) ${op} (${right})`),
        fc
          .tuple(
            vector,
            // 2.42 does not notice that a filter matches several to one when it lets none of them through.
            fc.constantFrom(...COMPUTING),
            fc.constantFrom('on (job)', 'ignoring (instance, code)'),
            vector,
          )
          .map(([left, op, on, right]) => `(${left}) ${op} ${on} (${right})`),
        fc
          .tuple(vector, fc.constantFrom('*', '/', '>', '== bool'), fc.constantFrom('team', ''))
          .map(([left, op, include]) => `(${left}) ${op} on (job) group_left (${include}) limits`),
        fc
          .tuple(vector, fc.constantFrom(...SETS), vector)
          .map(([left, op, right]) => `(${left}) ${op} on (job, instance) (${right})`),
        vector.map((inner) => `label_replace(${inner}, "zone", "$1-x", "job", "(a|w)(.*)")`),
        vector.map((inner) => `label_join(${inner}, "both", "/", "job", "instance")`),
        fc
          .tuple(fc.constantFrom('absent', 'timestamp', '-'), vector)
          .map(([name, inner]) => `${name}(${inner})`),
        scalar.map((inner) => `vector(${inner})`),
      ),
    }
  },
).vector

/** Steps of a subquery lie on the bounds of windows within it, where the versions differ. */
function hasNoSubquery(expr: string): boolean {
  return !/:\w*\]/.test(expr)
}

function selector(): fc.Arbitrary<string> {
  return fc.constantFrom(
    'requests_total',
    'requests_total{code="200"}',
    'requests_total{job=~"a.+|web",code!="500"}',
    'temperature',
    'temperature{instance="1"}',
    'temperature{job!~"db|web"}',
    'limits',
    'latency_seconds_bucket{le="0.5"}',
    'missing{job="api"}',
  )
}

/** Whole half minutes: bounds of windows then fall between the samples and the steps of subqueries. */
function duration(): fc.Arbitrary<string> {
  return fc.constantFrom('30s', '1m', '90s', '2m', '5m', '10m')
}

function modifiers(): fc.Arbitrary<string> {
  const pinned = (EPOCH_MS + 1_207_000) / 1000
  return fc.constantFrom(
    '',
    '',
    '',
    '',
    ' offset 1m',
    ' offset -2m',
    ` @ ${pinned}`,
    ` @ ${pinned} offset 3m`,
    ' @ start()',
    ' @ end() offset 30s',
  )
}

function quantile(): fc.Arbitrary<string> {
  return fc.constantFrom('0', '0.5', '0.9', '1', '-1', '2', 'NaN')
}

function grouping(): fc.Arbitrary<string> {
  return fc.constantFrom('', 'by (job)', 'by (job, code)', 'without (instance)', 'without ()', 'by (nothing)')
}
