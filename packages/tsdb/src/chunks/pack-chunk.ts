import { type BitCursor, readBits, writeBits } from './bit-cursor.ts'
import { readIntegerColumn, writeIntegerColumn } from './integer-column.ts'
import { planIntegers } from './integer-plan.ts'
import { readXorColumn, writeXorColumn, XOR_MAX_BITS } from './xor-column.ts'

/** Most samples in one packed chunk. */
export const MAX_CHUNK_SAMPLES = 256

/** Upper bound of the words that `count` packed samples need. */
export function maxPackedWords(count: number): number {
  return Math.ceil((2 * count * XOR_MAX_BITS) / 32) + 4
}

/** Packs `count` doubles of a column: as scaled integers where they are, as Gorilla XOR where not. Bit-exact. */
export function packColumn(cursor: BitCursor, column: Float64Array, from: number, count: number): void {
  const plan = planIntegers(column, from, count)
  writeBits(cursor, plan ? 1 : 0, 1)
  if (plan) writeIntegerColumn(cursor, plan, count)
  else writeXorColumn(cursor, column, from, count)
}

/** Reads `count` doubles that `packColumn` wrote into `column` from `from` on. */
export function unpackColumn(cursor: BitCursor, column: Float64Array, from: number, count: number): void {
  if (readBits(cursor, 1) === 1) readIntegerColumn(cursor, column, from, count)
  else readXorColumn(cursor, column, from, count)
}
