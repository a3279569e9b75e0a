import { isStaleAt, writeStaleAt } from '../../src/storage.ts'
import { INTERVAL_MS, type TestSeries } from './series.ts'

const TEXT = new TextEncoder()

/** Sends series to a Prometheus by its remote-write protocol. */
export async function remoteWrite(url: string, series: readonly TestSeries[]): Promise<void> {
  const body = asSnappy(join(series.map((one) => field(1, timeSeries(one)))))
  const response = await fetch(`${url}/api/v1/write`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-protobuf',
      'content-encoding': 'snappy',
      'x-prometheus-remote-write-version': '0.1.0',
    },
    body,
  })
  if (!response.ok) throw new Error(`remote write answered ${response.status}: ${await response.text()}`)
}

function timeSeries({ labels, firstMs, values }: TestSeries): Uint8Array<ArrayBuffer> {
  const pairs = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))
  const parts = pairs.map(([name, value]) =>
    field(1, join([field(1, TEXT.encode(name)), field(2, TEXT.encode(value))])),
  )
  for (const [i, value] of values.entries()) {
    if (value === 'gap') continue
    parts.push(field(2, sample(firstMs + i * INTERVAL_MS, value === 'stale' ? undefined : Number(value))))
  }
  return join(parts)
}

/** A value, undefined for the staleness marker, and its time. */
function sample(timeMs: number, value: number | undefined): Uint8Array<ArrayBuffer> {
  const bits = Float64Array.of(value ?? 0)
  if (value === undefined) writeStaleAt(bits, 0)
  if (isStaleAt(bits, 0) !== (value === undefined)) throw new Error('a value lost its bits')
  return join([
    Uint8Array.of((1 << 3) | 1),
    new Uint8Array(bits.buffer),
    Uint8Array.of(2 << 3),
    varint(timeMs),
  ])
}

/** A length-delimited field of a protocol buffer. */
function field(number: number, bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return join([Uint8Array.of((number << 3) | 2), varint(bytes.length), bytes])
}

function varint(value: number): Uint8Array<ArrayBuffer> {
  const bytes: number[] = []
  let rest = value
  while (rest >= 128) {
    bytes.push((rest % 128) | 128)
    rest = Math.floor(rest / 128)
  }
  return Uint8Array.from([...bytes, rest])
}

/** Snappy's block format, every byte a literal: valid, and nothing to get wrong. */
function asSnappy(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const parts = [varint(bytes.length)]
  for (let from = 0; from < bytes.length; from += 0x10000) {
    const chunk = bytes.slice(from, from + 0x10000)
    const last = chunk.length - 1
    parts.push(Uint8Array.of(61 << 2, last & 255, last >> 8), chunk)
  }
  return join(parts)
}

function join(parts: readonly Uint8Array<ArrayBuffer>[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    joined.set(part, at)
    at += part.length
  }
  return joined
}
