/** A series to be written: both arrays have the same length, times in ms since the epoch. */
export interface WrittenSeries {
  readonly labels: Readonly<Record<string, string>>
  readonly timestamps: ArrayLike<number>
  /** Copied bit by bit, since a staleness marker is one NaN among many. */
  readonly values: Float64Array
}

type Bytes = Uint8Array<ArrayBuffer>

const UTF8 = new TextEncoder()
const FIXED64 = 1
const DELIMITED = 2

/**
 * Prometheus' remote-write request (prometheus.WriteRequest, version 1) as a protocol buffer, not yet compressed.
 * By hand: three messages, and a library that reads doubles into variables may lose the bits of a staleness marker.
 */
export function encodeWriteRequest(series: readonly WrittenSeries[]): Bytes {
  return join(series.map((one) => delimited(1, timeSeries(one))))
}

function timeSeries({ labels, timestamps, values }: WrittenSeries): Bytes {
  const names = Object.keys(labels).sort()
  const pairs = names.map((name) => delimited(1, join([text(1, name), text(2, labels[name] ?? '')])))
  const samples = Array.from(timestamps, (time, i) => delimited(2, sample(values, i, time)))
  return join([...pairs, ...samples])
}

function sample(values: Float64Array, i: number, timeMs: number): Bytes {
  const bits = new DataView(new ArrayBuffer(8))
  bits.setBigUint64(0, new BigUint64Array(values.buffer, values.byteOffset, values.length)[i] ?? 0n, true)
  return join([tag(1, FIXED64), new Uint8Array(bits.buffer), tag(2, 0), varint(BigInt(timeMs))])
}

const text = (field: number, value: string): Bytes => delimited(field, UTF8.encode(value))

const delimited = (field: number, bytes: Bytes): Bytes =>
  join([tag(field, DELIMITED), varint(BigInt(bytes.length)), bytes])

const tag = (field: number, wireType: number): Bytes => Uint8Array.of((field << 3) | wireType)

/** Negative numbers take ten bytes, as two's complement of 64 bits. */
function varint(value: bigint): Bytes {
  const bytes: number[] = []
  let rest = BigInt.asUintN(64, value)
  for (; rest >= 128n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128)
  bytes.push(Number(rest))
  return Uint8Array.from(bytes)
}

function join(parts: readonly Bytes[]): Bytes {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    joined.set(part, at)
    at += part.length
  }
  return joined
}
