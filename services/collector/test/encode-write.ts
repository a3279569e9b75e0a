import { snappyCompress } from 'hysnappy'

/** What the requests of these tests say; written by hand, since encoders lose the bits of a staleness marker. */
export interface SentSeries {
  /** In the order in which they are to be sent. */
  readonly labels: readonly (readonly [name: string, value: string])[]
  readonly samples?: readonly SentSample[]
  readonly histograms?: readonly SentHistogram[]
  readonly exemplars?: readonly SentExemplar[]
  /** Version 2 only. */
  readonly metadata?: { readonly kind: number; readonly help: string; readonly unit: string }
  readonly createdMs?: number
}

export interface SentSample {
  readonly value: number | 'stale'
  readonly timeMs: number
  readonly createdMs?: number
}

export interface SentExemplar {
  readonly labels: readonly (readonly [string, string])[]
  readonly value: number
  readonly timeMs: number
}

export interface SentBuckets {
  readonly spans: readonly (readonly [offset: number, length: number])[]
  readonly counts: readonly number[]
}

export interface SentHistogram {
  readonly schema: number
  readonly count: number
  readonly sum: number | 'stale'
  readonly zeroCount?: number
  readonly zeroThreshold?: number
  readonly positive?: SentBuckets
  readonly negative?: SentBuckets
  readonly customBounds?: readonly number[]
  readonly isFloat?: boolean
  readonly timeMs: number
  readonly createdMs?: number
}

export interface SentMetadata {
  readonly kind: number
  readonly name: string
  readonly help: string
  readonly unit: string
}

type Bytes = Uint8Array

const STALE = 0x7ff0000000000002n
const join = (...parts: readonly Bytes[]): Bytes => Buffer.concat(parts)
const varint = (value: number | bigint): Bytes => {
  const bytes: number[] = []
  let rest = BigInt.asUintN(64, BigInt(value))
  for (; rest >= 128n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128)
  bytes.push(Number(rest))
  return Uint8Array.from(bytes)
}
const tag = (field: number, wireType: number) => varint((field << 3) | wireType)
const zigzag = (value: number) => varint(BigInt(value) >= 0n ? BigInt(value) * 2n : BigInt(value) * -2n - 1n)
const bits = (value: number | 'stale'): Bytes => {
  const view = new DataView(new ArrayBuffer(8))
  if (value === 'stale') view.setBigUint64(0, STALE, true)
  else view.setFloat64(0, value, true)
  return new Uint8Array(view.buffer)
}

/** A signed number in zigzag form. */
export const zigzagInt = (field: number, value: number): Bytes => join(tag(field, 0), zigzag(value))
export const int = (field: number, value: number | bigint): Bytes => join(tag(field, 0), varint(value))
export const double = (field: number, value: number | 'stale'): Bytes => join(tag(field, 1), bits(value))
export const bytes = (field: number, content: Bytes): Bytes =>
  join(tag(field, 2), varint(content.length), content)
export const text = (field: number, content: string): Bytes => bytes(field, Buffer.from(content))

/** A body as it is sent. */
export const compress = (message: Bytes): Uint8Array<ArrayBuffer> => Uint8Array.from(snappyCompress(message))

/** `prometheus.WriteRequest`. */
export function encodeVersion1(series: readonly SentSeries[], metadata: readonly SentMetadata[] = []): Bytes {
  const label = ([name, value]: readonly [string, string]) => bytes(1, join(text(1, name), text(2, value)))
  return join(
    ...series.map(({ labels, samples = [], histograms = [], exemplars = [] }) =>
      bytes(
        1,
        join(
          ...labels.map(label),
          ...samples.map(({ value, timeMs }) => bytes(2, join(double(1, value), int(2, timeMs)))),
          ...exemplars.map((exemplar) =>
            bytes(3, join(...exemplar.labels.map(label), double(2, exemplar.value), int(3, exemplar.timeMs))),
          ),
          ...histograms.map((one) => bytes(4, histogram(one))),
        ),
      ),
    ),
    ...metadata.map(({ kind, name, help, unit }) =>
      bytes(3, join(int(1, kind), text(2, name), text(4, help), text(5, unit))),
    ),
  )
}

/** `io.prometheus.write.v2.Request`. */
export function encodeVersion2(series: readonly SentSeries[]): Bytes {
  const symbols = new Map([['', 0]])
  const ref = (symbol: string): number => {
    const known = symbols.get(symbol) ?? symbols.size
    symbols.set(symbol, known)
    return known
  }
  const refs = (labels: readonly (readonly [string, string])[]) =>
    bytes(1, join(...labels.flatMap(([name, value]) => [varint(ref(name)), varint(ref(value))])))
  const all = series.map(({ labels, samples = [], histograms = [], exemplars = [], metadata, createdMs }) =>
    bytes(
      5,
      join(
        refs(labels),
        ...samples.map((sample) =>
          bytes(
            2,
            join(
              double(1, sample.value),
              int(2, sample.timeMs),
              ...(sample.createdMs === undefined ? [] : [int(3, sample.createdMs)]),
            ),
          ),
        ),
        ...histograms.map((one) => bytes(3, histogram(one))),
        ...exemplars.map((exemplar) =>
          bytes(4, join(refs(exemplar.labels), double(2, exemplar.value), int(3, exemplar.timeMs))),
        ),
        ...(metadata
          ? [bytes(5, join(int(1, metadata.kind), int(3, ref(metadata.help)), int(4, ref(metadata.unit))))]
          : []),
        ...(createdMs === undefined ? [] : [int(6, createdMs)]),
      ),
    ),
  )
  return join(...[...symbols.keys()].map((symbol) => text(4, symbol)), ...all)
}

function histogram(one: SentHistogram): Bytes {
  const { zeroCount = 0, zeroThreshold = 2 ** -128, isFloat = false, customBounds = [] } = one
  return join(
    isFloat ? double(2, one.count) : int(1, one.count),
    double(3, one.sum),
    zigzagInt(4, one.schema),
    double(5, zeroThreshold),
    isFloat ? double(7, zeroCount) : int(6, zeroCount),
    ...buckets(one.negative, isFloat, 8),
    ...buckets(one.positive, isFloat, 11),
    int(15, one.timeMs),
    ...(customBounds.length > 0 ? [bytes(16, join(...customBounds.map(bits)))] : []),
    ...(one.createdMs === undefined ? [] : [int(17, one.createdMs)]),
  )
}

/** Spans, and behind them deltas of integers or counts of floats. */
function buckets(all: SentBuckets | undefined, isFloat: boolean, field: number): readonly Bytes[] {
  if (!all) return []
  const { spans, counts } = all
  const numbers = isFloat
    ? bytes(field + 2, join(...counts.map(bits)))
    : bytes(field + 1, join(...counts.map((count, i) => zigzag(count - (counts[i - 1] ?? 0)))))
  return [
    ...spans.map(([offset, length]) => bytes(field, join(zigzagInt(1, offset), int(2, length)))),
    numbers,
  ]
}
