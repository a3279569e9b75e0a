import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { timestamp } from '../envelope.ts'
import type { MetricBatch, MetricEvent } from '../metric-event.ts'
import { type MetricFault, parseMetricMessage } from '../parse-metric-message.ts'
import { sampleDictionaryBatch, sampleMetricBatch, sampleMetricEvent } from '../sample-events.ts'
import { createMetricReader, type MetricReading } from './metric-reader.ts'
import { readTime, TimeReader } from './read-time.ts'
import { NumberScanner } from './scan-number.ts'

const bytesOf = (text: string) => new TextEncoder().encode(text)

/** What a message says, as plain objects; times of events in UTC. */
interface Said {
  readonly events: readonly MetricEvent[]
  readonly batch: MetricBatch | undefined
  readonly faults: readonly MetricFault[]
}

function saidBy({ batch, samples, events, faults }: MetricReading): Said {
  return {
    events: Array.from({ length: events.count }, (_, i) => events.at(i)),
    batch: batch && { ...batch, samples: Array.from({ length: samples.count }, (_, i) => samples.at(i)) },
    faults: [...faults],
  }
}

/** What the schema says of the text; undefined where it is no JSON. */
function saidBySchema(bytes: Uint8Array): Said | undefined {
  let json: unknown
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return undefined
  }
  const { events, batch, faults } = parseMetricMessage(json)
  const inUtc = ({ time, ...event }: MetricEvent) =>
    time === undefined ? event : { ...event, time: new Date(time).toISOString() }
  return { events: events.map(inUtc), batch, faults }
}

/** One change somewhere in the bytes: what is written changes its meaning, or none at all. */
const pieces = [
  '"',
  '\\',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '0',
  '1',
  '9',
  '.',
  '-',
  'e',
  'E',
  ' ',
  '\n',
  'a',
  'ü',
]
const words = [
  '"value":1,',
  '"time":null,',
  '"id":"x",',
  '"samples":[]',
  '"v\\u0061lue":2,',
  '1e999',
  '01',
  '-0',
]
const edit = fc.record({
  at: fc.nat(),
  remove: fc.nat(3),
  insert: fc.oneof(fc.constantFrom('', ...pieces, ...words), fc.string({ maxLength: 3 })),
})
type Edit = typeof edit extends fc.Arbitrary<infer T> ? T : never

function edited(text: string, edits: readonly Edit[]): Uint8Array {
  let result = bytesOf(text)
  for (const { at, remove, insert } of edits) {
    const from = at % (result.length + 1)
    result = Uint8Array.from([
      ...result.subarray(0, from),
      ...bytesOf(insert),
      ...result.subarray(from + remove),
    ])
  }
  return result
}

/** The first two nine times out of ten. */
const mostly = <T>(a: T, b: T, ...others: T[]) =>
  fc.oneof(
    { arbitrary: fc.constantFrom(a, b), weight: 9 },
    { arbitrary: fc.constantFrom(...others), weight: 1 },
  )
const labelName = mostly('service', 'route', '__x', 'ü')
const finite = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer({ min: -5, max: 1000 }),
  fc.constantFrom(0, -0, 1e21, 1.5e-9, 123456789.123456, 2 ** 53),
)
const event = fc
  .record(
    {
      name: mostly('orders_total', 'lag_seconds', 'no name'),
      type: mostly('gauge', 'counter', 'meter'),
      value: fc.oneof({ arbitrary: finite, weight: 9 }, { arbitrary: fc.constantFrom('1', null), weight: 1 }),
      labels: fc.dictionary(labelName, fc.constantFrom('', 'a', 'Küche', 'x"y\\z\n'), { maxKeys: 3 }),
      help: fc.constantFrom('What it is.', ''),
      id: mostly('a-1', 'b-2', '', 'ü', 'x'.repeat(201)),
      time: fc.constantFrom(
        ...[
          '2026-03-01T12:00:00.000Z',
          '2026-02-30T12:00:00Z',
          '2026-03-01T12:00:00+01:00',
          '2026-03-01',
          '',
        ],
      ),
      buckets: mostly([0.1, 1], [0.5], [1, 1]),
      v: mostly(1, 1, 2),
    },
    { requiredKeys: ['name', 'type', 'value'] },
  )
  .chain((fields) => fc.shuffledSubarray(Object.entries(fields), { minLength: Object.keys(fields).length }))
  .map((fields) => Object.fromEntries(fields))

describe('events', () => {
  it('are read from bytes as the schema reads them, in whatever order, repeated, and however they are damaged', () => {
    const reader = createMetricReader()
    let read = 0
    const message = fc.record({
      kinds: fc.array(event, { minLength: 1, maxLength: 4 }),
      order: fc.array(fc.nat(3), { maxLength: 8 }),
      edits: fc.array(edit, { maxLength: 2 }),
      space: fc.constantFrom(0, 0, 0, 1),
      single: fc.boolean(),
    })
    fc.assert(
      fc.property(message, ({ kinds, order, edits, space, single }) => {
        const events = order.map((i) => kinds[i % kinds.length])
        const bytes = edited(JSON.stringify(single ? kinds[0] : events, undefined, space), edits)
        const reading = reader.read(bytes)
        const schema = saidBySchema(bytes)
        if (reading) {
          read++
          expect(saidBy(reading)).toEqual(schema)
        }
      }),
      { numRuns: 20_000 },
    )
    expect(read).toBeGreaterThan(2000)
  })

  it('as most publishers write them need no JSON parser, whatever varies in them', () => {
    const reader = createMetricReader()
    const varied = Array.from({ length: 50 }, (_, i) => ({
      ...sampleMetricEvent,
      labels: { region: `r${i % 7}`, text: 'Küche "x"\\' },
      value: i * 1.25,
      ...(i % 3 === 0 ? { id: `id-${i}` } : {}),
      ...(i % 5 === 0 ? { time: new Date(1_772_366_400_000 + i).toISOString() } : {}),
    }))
    for (const message of [varied, varied, varied[0], []]) {
      const bytes = bytesOf(JSON.stringify(message))
      const reading = reader.read(bytes)
      expect(reading && saidBy(reading)).toEqual(saidBySchema(bytes))
    }
  })

  it('that are no events are named with their place, and the others are kept', () => {
    const bytes = bytesOf(JSON.stringify([sampleMetricEvent, { ...sampleMetricEvent, name: 'no name' }, 7]))
    const reader = createMetricReader()
    const reading = reader.read(bytes) ?? reader.readJson(JSON.parse(new TextDecoder().decode(bytes)))
    expect(saidBy(reading)).toEqual(saidBySchema(bytes))
    expect(reading.faults.map(({ index, reason }) => [index, reason])).toEqual([
      [1, 'invalid_name'],
      [2, 'not_an_event'],
    ])
  })
})

describe('batches', () => {
  const good: MetricBatch = {
    ...sampleMetricBatch,
    samples: [
      [0, 128],
      [0, -0.25, 1_772_366_400_000],
      [1, [120, 127, 128], 9.75],
      [1, [0, 0, 1.5], -9.75, 0],
      [1, 'stale'],
      [0, '+Inf'],
      [0, '-Inf'],
      [0, 'NaN', 5],
      [0, 1e300],
      [0, 0.1 + 0.2],
    ],
  }

  it.each([good, sampleMetricBatch, sampleDictionaryBatch, { ...good, samples: [] }])(
    'as the SDK writes them are read from bytes as the schema reads them',
    (batch) => {
      const bytes = bytesOf(JSON.stringify(batch))
      const reading = createMetricReader().read(bytes)
      expect(reading && saidBy(reading)).toEqual({ events: [], batch, faults: [] })
    },
  )

  it('are read as the schema reads them, however they are damaged', () => {
    const reader = createMetricReader()
    let read = 0
    const edits = fc.array(edit, { minLength: 1, maxLength: 2 })
    fc.assert(
      fc.property(fc.constantFrom(good, sampleDictionaryBatch), edits, (batch, changes) => {
        const bytes = edited(JSON.stringify(batch), changes)
        const reading = reader.read(bytes)
        if (!reading) return
        read++
        expect(saidBy(reading)).toEqual(saidBySchema(bytes))
      }),
      { numRuns: 20_000 },
    )
    expect(read).toBeGreaterThan(1000)
  })

  it('whose labels look like the beginning of samples are read as what they are', () => {
    const batch = { ...good, series: [[0, { a: '"samples":[[0,1]]}' }]], samples: [[0, 1]] }
    const bytes = bytesOf(JSON.stringify(batch))
    const reading = createMetricReader().read(bytes)
    expect(reading && saidBy(reading).batch).toEqual(batch)
  })
})

describe('numbers', () => {
  const numbers = new NumberScanner()
  const isJson = (text: string) => {
    try {
      return JSON.parse(text)
    } catch {
      return undefined
    }
  }

  it('are read as JSON.parse reads them, to the last bit', () => {
    const text = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
      fc.stringMatching(/^-?\d{1,20}(\.\d{0,20})?([eE][+-]?\d{1,3})?$/),
      fc.tuple(fc.maxSafeInteger(), fc.nat(25)).map(([m, e]) => `${m}e-${e}`),
      fc.tuple(fc.nat({ max: 999_999_999 }), fc.nat(999_999)).map(([a, b]) => `${a}.${b}`),
    )
    fc.assert(
      fc.property(text, (written) => {
        const value = numbers.scan(bytesOf(`${written},`), 0)
        const expected = isJson(written)
        if (Number.isFinite(expected)) {
          expect(value).toBe(expected)
          expect(numbers.end).toBe(written.length)
        } else if (numbers.end === written.length) expect.unreachable(written)
      }),
      { numRuns: 20_000 },
    )
  })
})

describe('times', () => {
  it('are read as Date.parse reads them, where the schema takes them', () => {
    const text = fc.oneof(
      fc
        .date({ noInvalidDate: true, min: new Date('0000-01-01'), max: new Date('9999-12-31') })
        .map((d) => d.toISOString()),
      fc.stringMatching(/^\d{4}-[01]\d-[0-3]\dT[0-2]\d:[0-6]\d:[0-6]\d(\.\d{1,3})?Z$/),
    )
    fc.assert(
      fc.property(text, (written) => {
        const bytes = bytesOf(written)
        const time = readTime(bytes, 0, bytes.length)
        if (timestamp.safeParse(written).success) expect(time).toBe(Date.parse(written))
        else expect(time).toBeNaN()
      }),
      { numRuns: 20_000 },
    )
  })

  it('are read alike where many of them are of one minute', () => {
    const reader = new TimeReader()
    const text = fc.tuple(
      fc.constantFrom('2026-03-01T12:00', '2026-03-01T12:01', '2026-02-30T12:00', '2026-03-01T1:00:'),
      fc.constantFrom(':', ';'),
      fc.stringMatching(/^[0-6][0-9x]$/),
      fc.constantFrom('', '.', '.1', '.12', '.123', '.1234', ',1'),
      fc.constantFrom('Z', 'z', '+'),
    )
    fc.assert(
      fc.property(text, (parts) => {
        const bytes = bytesOf(parts.join(''))
        const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
        expect(reader.read(bytes, view, 0, bytes.length)).toBe(readTime(bytes, 0, bytes.length))
      }),
      { numRuns: 5000 },
    )
  })
})
