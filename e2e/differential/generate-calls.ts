import fc from 'fast-check'
import { DATES, withinDates } from './dates.ts'
import { call, type Expr, string } from './expr.ts'
import { constants, counterRanges, quantiles } from './generate-leaves.ts'

/** Arbitraries of each type, for the arguments of a call. */
export interface Parts {
  readonly vector: fc.Arbitrary<Expr>
  readonly scalar: fc.Arbitrary<Expr>
  readonly range: fc.Arbitrary<Expr>
}

const OF_VECTOR = [
  ...['abs', 'ceil', 'floor', 'round', 'sgn', 'sqrt', 'exp', 'ln', 'log2', 'log10', 'deg', 'rad'],
  ...['sin', 'cos', 'tan', 'asin', 'acos', 'atan', 'sinh', 'cosh', 'tanh', 'asinh', 'acosh', 'atanh'],
  ...['sort', 'sort_desc', 'timestamp', 'absent'],
]
const OF_RANGE = [
  ...['avg', 'min', 'max', 'sum', 'count', 'last', 'present', 'absent', 'stddev', 'stdvar'].map(
    (name) => `${name}_over_time`,
  ),
  ...['changes', 'resets', 'delta', 'idelta', 'irate', 'deriv'],
]

const OF_COUNTERS = ['rate', 'increase', 'irate', 'resets']
const CLAMPING = ['clamp_min', 'clamp_max', 'round']

/** Every function that is generated. */
export const FUNCTIONS: readonly string[] = [
  ...[OF_VECTOR, OF_RANGE, OF_COUNTERS, CLAMPING, [...DATES]].flat(),
  ...['clamp', 'quantile_over_time', 'predict_linear', 'double_exponential_smoothing', 'histogram_quantile'],
  ...['label_replace', 'label_join', 'vector', 'scalar', 'time', 'pi'],
]

export function calls({ vector, scalar, range }: Parts): fc.WeightedArbitrary<Expr>[] {
  const named = (names: readonly string[], ...args: fc.Arbitrary<Expr>[]): fc.Arbitrary<Expr> =>
    fc.tuple(fc.constantFrom(...names), fc.tuple(...args)).map(([name, given]) => call(name, ...given))
  const instants = scalar.map((seconds) => call('vector', seconds))
  return [
    { weight: 8, arbitrary: named(OF_VECTOR, vector) },
    { weight: 10, arbitrary: named(OF_RANGE, range) },
    { weight: 5, arbitrary: named(OF_COUNTERS, counterRanges) },
    { weight: 1, arbitrary: named([...DATES], fc.oneof(vector, instants).map(withinDates)) },
    { weight: 1, arbitrary: named([...DATES]) },
    { weight: 1, arbitrary: named(CLAMPING, vector, scalar) },
    { weight: 1, arbitrary: named(['clamp'], vector, scalar, scalar) },
    { weight: 1, arbitrary: named(['quantile_over_time'], quantiles, range) },
    { weight: 1, arbitrary: named(['predict_linear'], range, constants) },
    { weight: 1, arbitrary: named(['double_exponential_smoothing'], range, factors, factors) },
    { weight: 2, arbitrary: named(['histogram_quantile'], quantiles, fc.oneof(buckets, vector)) },
    { weight: 1, arbitrary: instants },
    { weight: 2, arbitrary: relabelled(vector) },
  ]
}

/** One in five is outside of what is allowed. */
const factors: fc.Arbitrary<Expr> = fc
  .constantFrom('0.1', '0.3', '0.5', '0.9', '1')
  .map((text) => ({ kind: 'number', text, args: [] }))

/** Buckets as they are asked for: summed rates, or as they stand. */
const buckets: fc.Arbitrary<Expr> = fc
  .tuple(counterRanges, fc.constantFrom(['le'], ['le', 'job'], ['le', 'job', 'instance']), fc.boolean())
  .map(([{ range, ...selected }, labels, broken]): Expr => {
    const selector = { ...selected, name: broken ? 'odd_bucket' : 'latency_seconds_bucket' }
    if (broken) return selector
    const rate = call('rate', { ...selector, range: range ?? '5m' })
    return { kind: 'aggregate', op: 'sum', grouping: { without: false, labels }, args: [rate] }
  })

function relabelled(vector: fc.Arbitrary<Expr>): fc.Arbitrary<Expr> {
  const labels = fc.constantFrom('job', 'instance', 'code', 'zone', 'missing')
  const targets = fc.constantFrom('zone', 'job', 'made', '__name__')
  const patterns = fc.constantFrom('(.*)', '(a|w)(.*)', '.*:(?P<port>\\d+)', 'db', '', '(')
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a reference to a group, as Go's regexp expands it
  const replacements = fc.constantFrom('$1', 'x-$1-$2', '${1}y', '$port', '', 'same')
  return fc.oneof(
    fc
      .tuple(vector, targets, replacements, labels, patterns)
      .map(([inner, ...texts]) => call('label_replace', inner, ...texts.map(string))),
    fc
      .tuple(vector, targets, fc.constantFrom('/', ''), fc.array(labels, { maxLength: 3 }))
      .map(([inner, target, separator, sources]) =>
        call('label_join', inner, ...[target, separator, ...sources].map(string)),
      ),
  )
}
