import { countValues } from '../values/count-values.ts'
import type { Value } from '../values/value.ts'

/** Steps that it takes to write values out: a list of alerts is thousands of them. */
export function costOfPrinting(args: readonly Value[]): number {
  return args.reduce((cost: number, arg) => cost + 4 * countValues(arg), 0)
}
