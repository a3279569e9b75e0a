type ReadText = (bytes: Buffer, from: number, length: number) => string

/** Longer texts are seldom the same twice. */
const MOST_BYTES = 64

/** Reads UTF-8 as text. What was read lately is remembered, by all readers together. */
export const readText = createTextCache(4096)

/**
 * Telemetry repeats a few thousand names without end: a text that was read lately is found again by its bytes, in a
 * fraction of the time that decoding takes. Each slot holds the last text that fell on it, so memory is bounded.
 */
function createTextCache(slots: number): ReadText {
  const texts = new Array<string>(slots).fill('')
  const lengths = new Uint8Array(slots)
  const stored = new Uint8Array(slots * MOST_BYTES)

  return (bytes, from, length) => {
    if (length > MOST_BYTES) return bytes.toString('utf8', from, from + length)
    const slot = hash(bytes, from, length) & (slots - 1)
    const at = slot * MOST_BYTES
    if (lengths[slot] === length && isSame(stored, at, bytes, from, length)) return texts[slot] ?? ''
    const text = bytes.toString('utf8', from, from + length)
    texts[slot] = text
    lengths[slot] = length
    stored.set(bytes.subarray(from, from + length), at)
    return text
  }
}

/** FNV-1a, with its upper half folded into the lower. */
function hash(bytes: Uint8Array, from: number, length: number): number {
  let hashed = 0x811c9dc5
  for (let i = from; i < from + length; i++) hashed = Math.imul(hashed ^ (bytes[i] ?? 0), 0x01000193)
  return hashed ^ (hashed >>> 16)
}

function isSame(a: Uint8Array, atA: number, b: Uint8Array, atB: number, length: number): boolean {
  for (let i = 0; i < length; i++) if (a[atA + i] !== b[atB + i]) return false
  return true
}
