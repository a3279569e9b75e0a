import { type Answer, isRefused } from './answer.ts'
import { DATES, isWithinDates } from './dates.ts'
import { ROUNDED } from './dialects.ts'
import { type Expr, featuresOf, typeOf } from './expr.ts'

/** Two answers that differ, with what tells whether they were meant to. */
export interface Discrepancy {
  readonly expr: Expr
  readonly ours: Answer
  readonly theirs: Answer
  /** Whether our own answer differs as much when data and rounded results change in the twelfth digit. */
  isIllConditioned(): Promise<boolean>
  /** Whether our own answer differs as much when the series come in another order. */
  isOrderDependent(): Promise<boolean>
}

interface KnownDifference {
  readonly reason: string
  /** Whether a node of an expression runs into it: such expressions are not generated. */
  concerns?(node: Expr): boolean
  /** Whether two answers differ for this reason: then they are let be, and counted. */
  explains?(discrepancy: Discrepancy): Promise<boolean> | boolean
}

const COMPARISONS: ReadonlySet<string> = new Set(['==', '!=', '>', '<', '>=', '<='])

/** Whether series of several metrics come together in one vector. */
const mixesNames = (expr: Expr): boolean =>
  (expr.kind === 'selector' && expr.name === '') ||
  (expr.kind === 'binary' && expr.op === 'or') ||
  expr.args.some(mixesNames)

const isBeforeSome = (label: string, labels: readonly string[]): boolean =>
  labels.some((other) => label < other)

/** Where Prometheus 2.42 and 3.x differ on purpose, or by what neither promises. Tocsin follows 3.x. */
const KNOWN_DIFFERENCES: Readonly<Record<string, KnownDifference>> = {
  'native histograms': {
    reason:
      'histogram_count and the like answer nothing for floats; Tocsin says that it has no native histograms.',
  },
  'dates of what is no number': {
    reason: 'The date of NaN or of an infinity is what the processor makes of it there, and NaN here.',
    concerns: (node) =>
      node.kind === 'call' && DATES.has(node.func) && node.args.some((arg) => !isWithinDates(arg)),
  },
  'ranges pinned by @': {
    reason:
      'Where a function of a range pinned by @ still varies from step to step, 2.42 looks at other samples from the second step on.',
    concerns: (node) =>
      node.kind === 'call' &&
      node.args.some((arg) => typeOf(arg) === 'range' && 'at' in arg) &&
      (node.func === 'predict_linear' ||
        node.args.some((arg) => typeOf(arg) === 'scalar' && arg.kind !== 'number')),
  },
  'timestamp of what is pinned by @': {
    reason: '2.42 looks for the sample at another time than @ and offset say.',
    concerns: (node) =>
      node.kind === 'call' && node.func === 'timestamp' && node.args.some((arg) => 'at' in arg),
  },
  'negative parameters beyond 64 bits': {
    reason: 'topk(-Inf, …) is empty in 3.x, as with every k below one; 2.42 refuses it.',
    explains: ({ ours, theirs }) =>
      !isRefused(ours) && isRefused(theirs) && theirs.refused.includes('Scalar value -Inf overflows'),
  },
  ties: {
    reason:
      'Which of several equal values topk and bottomk choose follows from the order of the series in storage: then our own answer changes with it.',
    explains: async ({ expr, isOrderDependent }) =>
      [...featuresOf(expr)].some((feature) => feature === 'topk' || feature === 'bottomk') &&
      (await isOrderDependent()),
  },
  'left-open ranges': {
    reason:
      '3.0 leaves out a sample on the left bound of a range, of a subquery and of the lookback. Samples, steps and bounds never fall together here.',
  },
  'renamed functions': {
    reason: 'holt_winters is double_exponential_smoothing since 3.0; it is translated (PROMETHEUS_2_42).',
  },
  'atan2 keeps the name': {
    reason:
      '2.42 leaves the metric name on the result of atan2; there it is multiplied by one (PROMETHEUS_2_42).',
  },
  'spread of what is not finite': {
    reason:
      'stddev and stdvar of a single NaN or infinity are 0 in 2.42 and NaN since; there, zero times the average is added (PROMETHEUS_2_42).',
  },
  'filters that match several to one': {
    reason:
      '2.42 notices that a comparison matches several series to one only where it lets more than one of them through.',
    explains: ({ expr, ours, theirs }) =>
      isRefused(ours) &&
      !isRefused(theirs) &&
      ours.refused.includes('multiple matches for labels') &&
      [...featuresOf(expr)].some((feature) => COMPARISONS.has(feature)),
  },
  'new functions': {
    reason:
      '2.42 does not know mad_over_time, first_over_time, ts_of_*_over_time, sort_by_label(_desc), limitk, limit_ratio, histogram_avg, histogram_stddev, histogram_stdvar, histogram_quantiles, info, min_of, max_of, start, end, range, step; histogram_fraction knows classic buckets only since 3.x. They are held to the scripts in promqltest.',
  },
  'new syntax': {
    reason:
      'Durations as numbers, numbers as durations, arithmetic in durations and names in quotes came with 3.x. None is generated.',
  },
  'extrapolation to zero': {
    reason:
      'rate and increase guess where a counter began; since 2.5x a long gap before the first sample is shortened first. Counters here are never near zero.',
  },
  'regular expressions': {
    reason: 'In 3.0 `.` also matches a newline. No label has one.',
  },
  'names dropped late': {
    reason:
      'Tocsin removes the metric name at the end of the query, as 3.x can, so series that differ in nothing but the name may be joined or aggregated where 2.42 refuses them.',
    explains: ({ expr, ours, theirs }) =>
      !isRefused(ours) &&
      isRefused(theirs) &&
      /same labelset|grouping labels must ensure unique/.test(theirs.refused) &&
      mixesNames(expr),
  },
  'count_values by labels in disorder': {
    reason:
      '2.42 loses labels from the second step on when the label of the values sorts before one of `by`.',
    concerns: (node) =>
      node.kind === 'aggregate' &&
      node.op === 'count_values' &&
      node.args[0]?.kind === 'string' &&
      isBeforeSome(node.args[0].value, node.grouping?.labels ?? []),
  },
  rounding: {
    reason:
      'Sums are compensated (Kahan) in 3.x, and mathematical libraries differ in the last digit. Where a function jumps or cancels, that shows: then our own answer to data changed in the twelfth digit differs as well.',
    explains: async ({ expr, isIllConditioned }) =>
      [...featuresOf(expr)].some((feature) => ROUNDED.has(feature)) && (await isIllConditioned()),
  },
}

/** Whether nothing in an expression runs into a known difference that is kept away from. */
export function isComparable(expr: Expr): boolean {
  return (
    expr.args.every(isComparable) &&
    Object.values(KNOWN_DIFFERENCES).every(({ concerns }) => !concerns?.(expr))
  )
}

/** The name of the known difference that explains a discrepancy, if one does. */
export async function explain(discrepancy: Discrepancy): Promise<string | undefined> {
  for (const [name, { explains }] of Object.entries(KNOWN_DIFFERENCES)) {
    if (await explains?.(discrepancy)) return name
  }
  return undefined
}
