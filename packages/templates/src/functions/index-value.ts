import { isKind, listOf, typeName, type Value } from '../values/value.ts'

/** Go's `len`: bytes of a text, items of a list, keys of a map. @throws TypeError for anything else */
export function lengthOf(value: Value): number {
  if (typeof value === 'string') return Buffer.byteLength(value)
  if (isKind(value, 'safe')) return Buffer.byteLength(value.text)
  if (isKind(value, 'list')) return value.items.length
  if (isKind(value, 'map')) return Object.keys(value.entries).length
  throw new TypeError(`len of type ${typeName(value)}`)
}

/** Go's `index`, of one key. @throws TypeError, RangeError as Go does */
export function indexValue(given: Value, key: Value): Value {
  const value = isKind(given, 'safe') ? given.text : given
  if (isKind(value, 'map')) {
    if (typeof key !== 'string') throw new TypeError(`value has type ${typeName(key)}; should be string`)
    return Object.hasOwn(value.entries, key) ? value.entries[key] : value.zero
  }
  const isText = typeof value === 'string'
  if (!isText && !isKind(value, 'list')) throw new TypeError(`can't index item of type ${typeName(given)}`)
  if (typeof key !== 'bigint') throw new TypeError(`cannot index slice/array with type ${typeName(key)}`)
  const at = Number(key)
  if (at < 0 || at >= lengthOf(value)) throw new RangeError(`index out of range: ${at}`)
  return isText ? BigInt(Buffer.from(value)[at] ?? 0) : value.items[at]
}

/** Go's `slice`, of a text (in bytes) or a list. @throws TypeError, RangeError as Go does */
export function sliceValue(given: Value, bounds: readonly Value[]): Value {
  const value = isKind(given, 'safe') ? given.text : given
  const isText = typeof value === 'string'
  if (!isText && !isKind(value, 'list')) throw new TypeError(`can't slice item of type ${typeName(given)}`)
  if (bounds.length > 2)
    throw new RangeError(isText ? 'cannot 3-index slice a string' : 'too many slice indexes')
  for (const bound of bounds)
    if (typeof bound !== 'bigint')
      throw new TypeError(`cannot index slice/array with type ${typeName(bound)}`)
  const size = lengthOf(value)
  const [from, to] = [Number(bounds[0] ?? 0), Number(bounds[1] ?? size)]
  for (const bound of [from, to])
    if (bound < 0 || bound > size) throw new RangeError(`index out of range: ${bound}`)
  if (from > to) throw new RangeError(`invalid slice index: ${from} > ${to}`)
  return isText
    ? Buffer.from(value).subarray(from, to).toString()
    : listOf(value.items.slice(from, to), value.type, value.methods)
}
