import { acceptBatch } from '../accept-batch.ts'
import type { MetricBatch } from '../metric-event.ts'
import { ENDS_SERIES, type SampleColumns } from './sample-columns.ts'
import type { NumberScanner } from './scan-number.ts'

/** A batch without its samples, which are in columns. */
export type BatchHead = Omit<MetricBatch, 'samples'>

const OPEN = 91 // [
const CLOSE = 93 // ]
const COMMA = 44
const QUOTE = 34
const MINUS = 45
const END_OBJECT = 125 // }

const SAMPLES = Buffer.from('"samples":[')
const WORDS = (['NaN', '+Inf', '-Inf', 'stale'] as const).map((word) => ({
  bytes: Buffer.from(`"${word}"`),
  value: word === '+Inf' ? Infinity : word === '-Inf' ? -Infinity : Number.NaN,
  size: word === 'stale' ? ENDS_SERIES : 0,
}))
const utf8 = new TextDecoder('utf-8', { fatal: true })

/**
 * Reads a batch whose samples stand last and without white space, as the SDK writes it: its samples into `columns`,
 * and gives the rest. Undefined for everything else, which is for the schema to decide. Nothing within a JSON text can
 * look like the beginning of the samples, since quotes are escaped there.
 */
export function scanBatch(
  bytes: Uint8Array,
  columns: SampleColumns,
  numbers: NumberScanner,
): BatchHead | undefined {
  const at = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).lastIndexOf(SAMPLES)
  if (at < 0) return undefined
  columns.clear()
  const end = scanSamples(bytes, at + SAMPLES.length, columns, numbers)
  if (end < 0 || bytes[end] !== END_OBJECT || end + 1 !== bytes.length) return undefined
  try {
    const head: unknown = JSON.parse(`${utf8.decode(bytes.subarray(0, at))}"samples":[]}`)
    return typeof head === 'object' && head !== null ? acceptBatch(head) : undefined
  } catch {
    return undefined
  }
}

/** Reads samples and the bracket that closes them; gives the place behind it, -1 where they are written otherwise. */
function scanSamples(
  bytes: Uint8Array,
  from: number,
  columns: SampleColumns,
  numbers: NumberScanner,
): number {
  if (bytes[from] === CLOSE) return from + 1
  for (let i = from; ; i++) {
    i = scanSample(bytes, i, columns, numbers)
    if (i < 0) return -1
    if (bytes[i] === CLOSE) return i + 1
    if (bytes[i] !== COMMA) return -1
  }
}

function scanSample(bytes: Uint8Array, from: number, columns: SampleColumns, numbers: NumberScanner): number {
  if (bytes[from] !== OPEN) return -1
  const place = scanWhole(bytes, from + 1, numbers)
  let i = numbers.end
  if (place < 0 || place > 0xffff_fffe || bytes[i] !== COMMA) return -1
  if (columns.count === columns.places.length) columns.growSamples()
  const n = columns.count++
  columns.places[n] = place
  columns.starts[n] = columns.numberCount
  columns.times[n] = Number.NaN
  columns.sizes[n] = 0
  i =
    bytes[i + 1] === OPEN
      ? scanCounts(bytes, i + 2, n, columns, numbers)
      : scanLevel(bytes, i + 1, n, columns, numbers)
  if (i < 0) return -1
  if (bytes[i] === COMMA) {
    const time = scanWhole(bytes, i + 1, numbers)
    if (time < 0) return -1
    columns.times[n] = time
    i = numbers.end
  }
  return bytes[i] === CLOSE ? i + 1 : -1
}

/** A whole number of at most 2^53 - 1; -1 where there is none. */
function scanWhole(bytes: Uint8Array, from: number, numbers: NumberScanner): number {
  if (bytes[from] === MINUS) return -1
  const value = numbers.scan(bytes, from)
  return Number.isSafeInteger(value) ? value : -1
}

function scanLevel(
  bytes: Uint8Array,
  from: number,
  n: number,
  columns: SampleColumns,
  numbers: NumberScanner,
): number {
  if (bytes[from] === QUOTE) return scanWord(bytes, from, n, columns)
  const value = numbers.scan(bytes, from)
  if (numbers.end === from) return -1
  push(columns, value)
  return numbers.end
}

function scanWord(bytes: Uint8Array, from: number, n: number, columns: SampleColumns): number {
  for (const { bytes: word, value, size } of WORDS) {
    if (word.compare(bytes, from, Math.min(from + word.length, bytes.length)) !== 0) continue
    columns.sizes[n] = size
    push(columns, value)
    return from + word.length
  }
  return -1
}

/** Bucket counts, the bracket that closes them, and the sum. */
function scanCounts(
  bytes: Uint8Array,
  from: number,
  n: number,
  columns: SampleColumns,
  numbers: NumberScanner,
): number {
  let size = 0
  let i = from
  for (; ; i++) {
    if (bytes[i] === MINUS) return -1
    const count = numbers.scan(bytes, i)
    if (numbers.end === i) return -1
    i = numbers.end
    push(columns, count)
    size++
    if (bytes[i] === CLOSE) break
    if (bytes[i] !== COMMA) return -1
  }
  if (bytes[i + 1] !== COMMA) return -1
  columns.sizes[n] = size
  const sum = numbers.scan(bytes, i + 2)
  if (numbers.end === i + 2) return -1
  push(columns, sum)
  return numbers.end
}

function push(columns: SampleColumns, value: number): void {
  if (columns.numberCount === columns.numbers.length) columns.growNumbers()
  columns.numbers[columns.numberCount++] = value
}
