import { type BitCursor, readBits, writeBits } from './bit-cursor.ts'

// Gorilla's value compression (Pelkonen et al., VLDB 2015): each value is XORed with the one before it, and
// only the bits between the leading and trailing zeros are kept. Bits are read through an integer view, so
// that every NaN comes back as it was.

const HIGH = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 1 : 0
const LOW = 1 - HIGH
const MAX_LEADING = 31

/** The most bits one value can take. */
export const XOR_MAX_BITS = 2 + 5 + 6 + 64

/** Writes `count` doubles of `column` from `from` on; any bit pattern is kept. */
export function writeXorColumn(cursor: BitCursor, column: Float64Array, from: number, count: number): void {
  const words = new Uint32Array(column.buffer, column.byteOffset + from * 8, count * 2)
  let high = words[HIGH] ?? 0
  let low = words[LOW] ?? 0
  let leading = 65
  let trailing = 0
  writeBits(cursor, high, 32)
  writeBits(cursor, low, 32)
  for (let i = 1; i < count; i++) {
    const nextHigh = words[2 * i + HIGH] ?? 0
    const nextLow = words[2 * i + LOW] ?? 0
    const xorHigh = (high ^ nextHigh) >>> 0
    const xorLow = (low ^ nextLow) >>> 0
    high = nextHigh
    low = nextLow
    if (xorHigh === 0 && xorLow === 0) {
      writeBits(cursor, 0, 1)
      continue
    }
    const zerosBefore = Math.min(xorHigh === 0 ? 32 + Math.clz32(xorLow) : Math.clz32(xorHigh), MAX_LEADING)
    const zerosAfter = xorLow === 0 ? 32 + trailingZeros(xorHigh) : trailingZeros(xorLow)
    if (zerosBefore >= leading && zerosAfter >= trailing) {
      writeBits(cursor, 0b10, 2)
    } else {
      leading = zerosBefore
      trailing = zerosAfter
      writeBits(cursor, 0b11, 2)
      writeBits(cursor, leading, 5)
      writeBits(cursor, 64 - leading - trailing - 1, 6)
    }
    writeMiddle(cursor, xorHigh, xorLow, trailing, 64 - leading - trailing)
  }
}

/** Reads `count` doubles into `column` from `from` on. */
export function readXorColumn(cursor: BitCursor, column: Float64Array, from: number, count: number): void {
  const words = new Uint32Array(column.buffer, column.byteOffset + from * 8, count * 2)
  let high = readBits(cursor, 32)
  let low = readBits(cursor, 32)
  let width = 0
  let trailing = 0
  words[HIGH] = high
  words[LOW] = low
  for (let i = 1; i < count; i++) {
    if (readBits(cursor, 1) === 1) {
      if (readBits(cursor, 1) === 1) {
        const leading = readBits(cursor, 5)
        width = readBits(cursor, 6) + 1
        trailing = 64 - leading - width
      }
      const middleHigh = width > 32 ? readBits(cursor, width - 32) : 0
      const middleLow = readBits(cursor, Math.min(width, 32))
      if (trailing === 0) {
        high ^= middleHigh
        low ^= middleLow
      } else if (trailing < 32) {
        high ^= (middleHigh << trailing) | (middleLow >>> (32 - trailing))
        low ^= middleLow << trailing
      } else {
        high ^= middleLow << (trailing - 32)
      }
    }
    words[2 * i + HIGH] = high
    words[2 * i + LOW] = low
  }
}

function writeMiddle(cursor: BitCursor, high: number, low: number, trailing: number, width: number): void {
  let middleHigh = high
  let middleLow = low
  if (trailing >= 32) {
    middleHigh = 0
    middleLow = high >>> (trailing - 32)
  } else if (trailing > 0) {
    middleHigh = high >>> trailing
    middleLow = (high << (32 - trailing)) | (low >>> trailing)
  }
  if (width > 32) writeBits(cursor, middleHigh, width - 32)
  writeBits(cursor, middleLow, Math.min(width, 32))
}

function trailingZeros(value: number): number {
  return 31 - Math.clz32(value & -value)
}
