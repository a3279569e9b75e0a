import type { FunctionName } from '../syntax/signatures.ts'
import { OVER_TIME } from './over-time.ts'
import { RATES } from './rates.ts'
import { REGRESSIONS } from './regression.ts'
import type { RangeFunction } from './window.ts'

/** Every function over the window of a range vector. */
export const RANGE_FUNCTIONS: Readonly<Partial<Record<FunctionName, RangeFunction>>> = {
  ...OVER_TIME,
  ...RATES,
  ...REGRESSIONS,
}

/** Whether a function returns a sample as it was, so that the metric keeps its name. */
export function keepsName(func: FunctionName): boolean {
  return func === 'first_over_time' || func === 'last_over_time'
}

const COUNTER_SUFFIX = /(?:_total|_sum|_count|_bucket)$/

/** Whether a function for counters is applied to what is not named as one. */
export function isSuspectCounter(func: FunctionName, name: string): boolean {
  return (func === 'rate' || func === 'increase') && name !== '' && !COUNTER_SUFFIX.test(name)
}

/** What is remarked then. */
export function suspicionOf(name: string): string {
  return `metric might not be a counter, name does not end in _total/_sum/_count/_bucket: "${name}"`
}
