type Value = string | number | boolean

/** Combinations that are remembered; past it they are forgotten and found again. */
const MAX_REMEMBERED = 10_000

/** Remembers what a function made of up to three values, one look-up for each: calls come with the same few again. */
export function createCallCache<T>(
  make: (a: Value, b: Value, c: Value) => T,
): (a: Value, b: Value, c: Value) => T {
  let remembered = new Map<Value, Map<Value, Map<Value, T>>>()
  let count = 0

  function add(a: Value, b: Value, c: Value): T {
    if (++count > MAX_REMEMBERED) {
      remembered = new Map()
      count = 1
    }
    const made = make(a, b, c)
    const byB = remembered.get(a) ?? new Map<Value, Map<Value, T>>()
    const byC = byB.get(b) ?? new Map<Value, T>()
    remembered.set(a, byB.set(b, byC.set(c, made)))
    return made
  }

  return (a, b, c) => remembered.get(a)?.get(b)?.get(c) ?? add(a, b, c)
}
