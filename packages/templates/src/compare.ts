import { typeName, type Value } from './value.ts'

/** Go compares basic values of one kind only: an int with a float is an error, not false. */
function kindOf(value: Value): 'bool' | 'int' | 'float' | 'string' | undefined {
  if (typeof value === 'boolean') return 'bool'
  if (typeof value === 'bigint') return 'int'
  if (typeof value === 'number') return 'float'
  return typeof value === 'string' ? 'string' : undefined
}

/** Whether a value equals any of the others. @throws TypeError where Go's `eq` does */
export function equalsAny(value: Value, others: readonly Value[]): boolean {
  if (others.length === 0) throw new TypeError('missing argument for comparison')
  return others.some((other) => {
    if (value == null || other == null) return value == null && other == null
    if (!kindOf(value) || !kindOf(other)) throw new TypeError(`non-comparable type ${typeName(value)}`)
    if (kindOf(value) !== kindOf(other)) throw new TypeError('incompatible types for comparison')
    return value === other
  })
}

/** Below, at or above zero; NaN, which no comparison holds for, against NaN. @throws TypeError as Go's `lt` */
export function compareValues(a: Value, b: Value): number {
  const kind = kindOf(a)
  if (!kind || !kindOf(b) || kind === 'bool') throw new TypeError('invalid type for comparison')
  if (kind !== kindOf(b)) throw new TypeError('incompatible types for comparison')
  const [x, y] = [a as string | number | bigint, b as string | number | bigint]
  return x < y ? -1 : x > y ? 1 : x === y ? 0 : Number.NaN
}
