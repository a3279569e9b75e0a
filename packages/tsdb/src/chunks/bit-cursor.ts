/** A place in a run of bits, most significant bit first. Writers need zeroed words. */
export interface BitCursor {
  words: Uint32Array
  bit: number
}

const TWO_32 = 2 ** 32

/** Writes the low `width` bits (1 to 32) of a value. */
export function writeBits(cursor: BitCursor, value: number, width: number): void {
  const { words, bit } = cursor
  const word = bit >>> 5
  const shift = bit & 31
  const aligned = (value << (32 - width)) >>> 0
  words[word] = (words[word] ?? 0) | (aligned >>> shift)
  if (shift + width > 32) words[word + 1] = aligned << (32 - shift)
  cursor.bit = bit + width
}

/** Reads `width` bits (1 to 32) as an unsigned number. */
export function readBits(cursor: BitCursor, width: number): number {
  const { words, bit } = cursor
  cursor.bit = bit + width
  return peekBits(words, bit) >>> (32 - width)
}

/** The 32 bits at a place, as a signed number. */
export function peekBits(words: Uint32Array, bit: number): number {
  const word = bit >>> 5
  const shift = bit & 31
  const high = words[word] ?? 0
  // A shift by 32 would be one by 0.
  return shift === 0 ? high | 0 : (high << shift) | ((words[word + 1] ?? 0) >>> (32 - shift))
}

/** Writes a non-negative integer below 2^53 in `width` bits (0 to 53). */
export function writeWide(cursor: BitCursor, value: number, width: number): void {
  if (width > 32) writeBits(cursor, Math.floor(value / TWO_32), width - 32)
  if (width > 0) writeBits(cursor, value >>> 0, Math.min(width, 32))
}

/** Reads what `writeWide` wrote with the same width. */
export function readWide(cursor: BitCursor, width: number): number {
  if (width === 0) return 0
  if (width <= 32) return readBits(cursor, width)
  const high = readBits(cursor, width - 32)
  return high * TWO_32 + readBits(cursor, 32)
}

/** How many bits a non-negative integer below 2^53 needs. */
export function bitLength(value: number): number {
  return value < TWO_32 ? 32 - Math.clz32(value) : 64 - Math.clz32(value / TWO_32)
}

/** Writes a signed integer below 2^52 in magnitude with its own length before it. */
export function writeSigned(cursor: BitCursor, value: number): void {
  const folded = foldSign(value)
  const width = bitLength(folded)
  writeBits(cursor, width, 6)
  writeWide(cursor, folded, width)
}

/** Reads what `writeSigned` wrote. */
export function readSigned(cursor: BitCursor): number {
  return unfoldSign(readWide(cursor, readBits(cursor, 6)))
}

/** Zigzag: small magnitudes of either sign become small non-negative integers. */
export function foldSign(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value
}

/** Undoes `foldSign`; never gives -0. */
export function unfoldSign(folded: number): number {
  return folded % 2 === 0 ? folded / 2 : -(folded + 1) / 2
}
