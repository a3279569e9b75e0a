import { compress } from 'snappyjs'
import { type Fleet, METRIC_NAMES } from './fleet.ts'

/** One message or request, made before the time is taken. */
export interface Body {
  readonly source: string
  readonly bytes: Uint8Array
}

export type WriteBodies = (fleet: Fleet, cycle: number, timeMs: number) => readonly Body[]

const PER_BODY = 5000
const PER_ARRAY = 200
const encoder = new TextEncoder()

function each(
  { sources }: Fleet,
  most: number,
  write: (from: number, to: number, source: string, first: number) => Uint8Array,
): readonly Body[] {
  return sources.flatMap(({ name, first, size }) => {
    const bodies: Body[] = []
    for (let from = first; from < first + size; from += most)
      bodies.push({ source: name, bytes: write(from, Math.min(from + most, first + size), name, first) })
    return bodies
  })
}

const range = <T>(from: number, to: number, make: (i: number) => T): T[] =>
  Array.from({ length: to - from }, (_, k) => make(from + k))

/** As the SDK publishes: each series is described in the first cycle, and numbered from then on. */
export const sdkBatches: WriteBodies = (fleet, cycle, timeMs) =>
  each(fleet, PER_BODY, (from, to, source, first) => {
    const isFirst = cycle === 0
    const size = fleet.sources[0]?.size ?? 0
    return encoder.encode(
      JSON.stringify({
        v: 1,
        id: `${source}-${cycle}-${from}`,
        time: new Date(timeMs).toISOString(),
        source,
        dictionary: {
          publisher: source,
          edition: 0,
          metrics: isFirst && from === first ? 0 : METRIC_NAMES.length,
          series: isFirst ? from - first : size,
        },
        metrics: isFirst && from === first ? METRIC_NAMES.map((name) => ({ name, type: 'counter' })) : [],
        series: isFirst
          ? range(from, to, (i) => [METRIC_NAMES.indexOf(fleet.nameOf(i)), fleet.labelsOf(i)])
          : [],
        samples: range(from, to, (i) => [i - first, fleet.value(cycle, i)]),
      }),
    )
  })

/** Plain events in arrays: each names its metric, labels and level. */
export const eventArrays: WriteBodies = (fleet, cycle, timeMs) =>
  each(fleet, PER_ARRAY, (from, to) =>
    encoder.encode(
      JSON.stringify(
        range(from, to, (i) => ({
          name: fleet.nameOf(i),
          type: 'gauge',
          value: fleet.value(cycle, i),
          labels: fleet.labelsOf(i),
          time: new Date(timeMs).toISOString(),
        })),
      ),
    ),
  )

/** The text format with timestamps. */
export const timedText: WriteBodies = (fleet, cycle, timeMs) =>
  each(fleet, PER_BODY, (from, to) =>
    encoder.encode(
      range(from, to, (i) => `${fleet.textOf(i)} ${fleet.value(cycle, i)} ${timeMs}\n`).join(''),
    ),
  )

/** The text format as it is pushed: the lines of a metric stand together. */
export const pushedText: WriteBodies = (fleet, cycle) =>
  each(fleet, PER_BODY, (from, to) => {
    const lines = range(
      from,
      to,
      (i) => [fleet.nameOf(i), `${fleet.textOf(i)} ${fleet.value(cycle, i)}\n`] as const,
    )
    return encoder.encode(
      METRIC_NAMES.map(
        (name) =>
          `# TYPE ${name} counter\n${lines.flatMap(([own, line]) => (own === name ? [line] : [])).join('')}`,
      ).join(''),
    )
  })

/** Prometheus' remote write, version 1. */
export function createWriteRequests(fleet: Fleet): WriteBodies {
  const labels = range(0, fleet.series, (i) =>
    labelBytes({ ...fleet.labelsOf(i), __name__: fleet.nameOf(i) }),
  )
  return (_, cycle, timeMs) =>
    each(fleet, PER_BODY, (from, to) => {
      const parts = range(from, to, (i) => {
        const own = labels[i] ?? new Uint8Array()
        const point = sample(fleet.value(cycle, i), timeMs)
        return Buffer.concat([Buffer.of(0x0a), varint(own.length + point.length), own, point])
      })
      return compress(new Uint8Array(Buffer.concat(parts)))
    })
}

function labelBytes(labels: Readonly<Record<string, string>>): Buffer {
  const parts = Object.keys(labels)
    .sort()
    .map((name) => {
      const pair = Buffer.concat([text(0x0a, name), text(0x12, labels[name] ?? '')])
      return Buffer.concat([Buffer.of(0x0a), varint(pair.length), pair])
    })
  return Buffer.concat(parts)
}

function text(tag: number, value: string): Buffer {
  const bytes = Buffer.from(value)
  return Buffer.concat([Buffer.of(tag), varint(bytes.length), bytes])
}

function sample(value: number, timeMs: number): Buffer {
  const double = Buffer.alloc(8)
  double.writeDoubleLE(value)
  const point = Buffer.concat([Buffer.of(0x09), double, Buffer.of(0x10), varint(timeMs)])
  return Buffer.concat([Buffer.of(0x12), varint(point.length), point])
}

function varint(value: number): Buffer {
  const bytes: number[] = []
  let rest = value
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128)
  bytes.push(rest)
  return Buffer.from(bytes)
}
