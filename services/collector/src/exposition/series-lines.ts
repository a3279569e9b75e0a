import type { Series } from '@tocsin/tsdb'
import { writeSeries } from './write-labels.ts'

/** How the series of one name are written: all texts behind one another, since as strings they would fill the heap. */
export interface SeriesLines {
  readonly name: string
  /** In order of creation. */
  readonly series: readonly Series[]
  readonly bytes: Uint8Array
  /** Where the text of each series begins; one more, where the last ends. */
  readonly starts: Uint32Array
}

/** Series that are written before the reader may pause. */
const STEP = 500
/** As many bytes as a code unit takes in UTF-8 at most. */
const MOST_BYTES = 3

/** Writes the lines of a list, those that were written before taken over. Both are in order of creation. */
export function* writeSeriesLines(
  name: string,
  series: readonly Series[],
  before: SeriesLines | undefined,
): Generator<void, SeriesLines> {
  const starts = new Uint32Array(series.length + 1)
  let bytes = Buffer.allocUnsafe((before?.bytes.length ?? 0) + 1024)
  let used = 0
  let known = 0

  const makeRoom = (length: number) => {
    if (used + length <= bytes.length) return
    const larger = Buffer.allocUnsafe(Math.max(bytes.length * 2, used + length))
    larger.set(bytes.subarray(0, used))
    bytes = larger
  }

  for (let i = 0; i < series.length; i++) {
    if (i % STEP === STEP - 1) yield
    const one = series[i]
    if (!one) continue
    starts[i] = used
    while ((before?.series[known]?.ref ?? Infinity) < one.ref) known++
    if (before?.series[known] === one) {
      const from = before.starts[known] ?? 0
      const to = before.starts[known + 1] ?? 0
      makeRoom(to - from)
      bytes.set(before.bytes.subarray(from, to), used)
      used += to - from
    } else {
      const text = writeSeries(name, one.labels)
      makeRoom(text.length * MOST_BYTES)
      used += bytes.write(text, used, 'utf8')
    }
  }
  starts[series.length] = used
  return { name, series, bytes: Uint8Array.prototype.slice.call(bytes, 0, used), starts }
}

/** The text of one series. */
export function textAt({ bytes, starts }: SeriesLines, i: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString(
    'utf8',
    starts[i],
    starts[i + 1],
  )
}
