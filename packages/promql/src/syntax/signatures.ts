import type { AggregateOp, ValueType } from './ast.ts'

/** What a function takes and returns. */
export interface Signature {
  readonly args: readonly ValueType[]
  readonly returns: ValueType
  /** 0: exactly `args`; n: the last may be left out or given up to n times; -1: any number of times. */
  readonly variadic: number
}

const fn = (args: readonly ValueType[], returns: ValueType = 'vector', variadic = 0): Signature => ({
  args,
  returns,
  variadic,
})
const overVector = fn(['vector'])
const overMatrix = fn(['matrix'])
const ofTime = fn(['vector'], 'vector', 1)
const ofNothing = fn([], 'scalar')

/** Every function of the language, by name. */
export const SIGNATURES = {
  abs: overVector,
  absent: overVector,
  absent_over_time: overMatrix,
  acos: overVector,
  acosh: overVector,
  asin: overVector,
  asinh: overVector,
  atan: overVector,
  atanh: overVector,
  avg_over_time: overMatrix,
  ceil: overVector,
  changes: overMatrix,
  clamp: fn(['vector', 'scalar', 'scalar']),
  clamp_max: fn(['vector', 'scalar']),
  clamp_min: fn(['vector', 'scalar']),
  cos: overVector,
  cosh: overVector,
  count_over_time: overMatrix,
  day_of_month: ofTime,
  day_of_week: ofTime,
  day_of_year: ofTime,
  days_in_month: ofTime,
  deg: overVector,
  delta: overMatrix,
  deriv: overMatrix,
  double_exponential_smoothing: fn(['matrix', 'scalar', 'scalar']),
  end: ofNothing,
  exp: overVector,
  first_over_time: overMatrix,
  floor: overVector,
  histogram_avg: overVector,
  histogram_count: overVector,
  histogram_fraction: fn(['scalar', 'scalar', 'vector']),
  histogram_quantile: fn(['scalar', 'vector']),
  histogram_quantiles: fn(['vector', 'string', 'scalar', 'scalar'], 'vector', 10),
  histogram_stddev: overVector,
  histogram_stdvar: overVector,
  histogram_sum: overVector,
  hour: ofTime,
  idelta: overMatrix,
  increase: overMatrix,
  info: fn(['vector', 'vector'], 'vector', 1),
  irate: overMatrix,
  label_join: fn(['vector', 'string', 'string', 'string'], 'vector', -1),
  label_replace: fn(['vector', 'string', 'string', 'string', 'string']),
  last_over_time: overMatrix,
  ln: overVector,
  log10: overVector,
  log2: overVector,
  mad_over_time: overMatrix,
  max_of: fn(['scalar', 'scalar'], 'scalar'),
  max_over_time: overMatrix,
  min_of: fn(['scalar', 'scalar'], 'scalar'),
  min_over_time: overMatrix,
  minute: ofTime,
  month: ofTime,
  pi: ofNothing,
  predict_linear: fn(['matrix', 'scalar']),
  present_over_time: overMatrix,
  quantile_over_time: fn(['scalar', 'matrix']),
  rad: overVector,
  range: ofNothing,
  rate: overMatrix,
  resets: overMatrix,
  round: fn(['vector', 'scalar'], 'vector', 1),
  scalar: fn(['vector'], 'scalar'),
  sgn: overVector,
  sin: overVector,
  sinh: overVector,
  sort: overVector,
  sort_by_label: fn(['vector', 'string'], 'vector', -1),
  sort_by_label_desc: fn(['vector', 'string'], 'vector', -1),
  sort_desc: overVector,
  sqrt: overVector,
  start: ofNothing,
  stddev_over_time: overMatrix,
  stdvar_over_time: overMatrix,
  step: ofNothing,
  sum_over_time: overMatrix,
  tan: overVector,
  tanh: overVector,
  time: ofNothing,
  timestamp: overVector,
  ts_of_first_over_time: overMatrix,
  ts_of_last_over_time: overMatrix,
  ts_of_max_over_time: overMatrix,
  ts_of_min_over_time: overMatrix,
  vector: fn(['scalar']),
  year: ofTime,
} as const satisfies Record<string, Signature>

export type FunctionName = keyof typeof SIGNATURES

export function isFunctionName(name: string): name is FunctionName {
  return Object.hasOwn(SIGNATURES, name)
}

export function signatureOf(name: FunctionName): Signature {
  return SIGNATURES[name]
}

/** Every aggregation, with the type of its parameter if it takes one. */
export const AGGREGATIONS: Readonly<Record<AggregateOp, ValueType | undefined>> = {
  sum: undefined,
  avg: undefined,
  min: undefined,
  max: undefined,
  count: undefined,
  group: undefined,
  stddev: undefined,
  stdvar: undefined,
  topk: 'scalar',
  bottomk: 'scalar',
  limitk: 'scalar',
  limit_ratio: 'scalar',
  quantile: 'scalar',
  count_values: 'string',
}

export function isAggregateOp(name: string): name is AggregateOp {
  return Object.hasOwn(AGGREGATIONS, name)
}
