import { isKind, typeName, type Value } from '../values/value.ts'

/** A number, or text that Go's `ParseFloat` takes; a duration in seconds. @throws TypeError, RangeError as Go does */
export function toNumber(value: Value): number {
  if (typeof value === 'number') return value
  if (typeof value === 'bigint') return Number(value)
  if (isKind(value, 'duration')) return value.seconds
  if (typeof value !== 'string') throw new TypeError(`can't convert ${typeName(value)} to float`)
  const special = { nan: Number.NaN, inf: Infinity, '+inf': Infinity, '-inf': -Infinity }[value.toLowerCase()]
  if (special !== undefined) return special
  const number = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(value) ? Number(value) : Number.NaN
  if (!Number.isNaN(number)) return number
  throw new RangeError(`strconv.ParseFloat: parsing ${JSON.stringify(value)}: invalid syntax`)
}
