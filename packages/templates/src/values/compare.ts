import { typeName, type Value } from './value.ts'

type Basic = bigint | number | string | boolean

/** A value of one of Go's basic kinds as what is compared; undefined for any other. */
function basicOf(value: Value): Basic | undefined {
  if (typeof value !== 'object') return value
  if (value?.kind === 'safe') return value.text
  if (value?.kind === 'named-int') return value.value
  return value?.kind === 'duration' ? BigInt(Math.round(value.seconds * 1e9)) : undefined
}

/** Whether a value equals any of the others. @throws TypeError where Go's `eq` does */
export function equalsAny(value: Value, others: readonly Value[]): boolean {
  if (others.length === 0) throw new TypeError('missing argument for comparison')
  return others.some((other) => equals(value, other))
}

/** Go compares basic values of one kind only: an int with a float is an error, not false. */
function equals(a: Value, b: Value): boolean {
  if (a == null || b == null) return a == null && b == null
  const [x, y] = [basicOf(a), basicOf(b)]
  if (typeof a === 'object' && a.kind === 'time' && typeof b === 'object' && b.kind === 'time')
    return a.ms === b.ms && a.zone === b.zone
  if (x === undefined || y === undefined)
    throw new TypeError(`non-comparable type ${typeName(x === undefined ? a : b)}`)
  if (typeof x !== typeof y) throw new TypeError('incompatible types for comparison')
  return x === y
}

/** Below, at or above zero; NaN, which no comparison holds for, against NaN. @throws TypeError as Go's `lt` */
export function compareValues(a: Value, b: Value): number {
  const [x, y] = [basicOf(a), basicOf(b)]
  if (x === undefined || y === undefined || typeof x === 'boolean')
    throw new TypeError('invalid type for comparison')
  if (typeof x !== typeof y) throw new TypeError('incompatible types for comparison')
  return x < y ? -1 : x > y ? 1 : x === y ? 0 : Number.NaN
}
