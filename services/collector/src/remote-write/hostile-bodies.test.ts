import { metricBatch } from '@tocsin/contract'
import fc from 'fast-check'
import { expect, it, test } from 'vitest'
import {
  bytes,
  compress,
  double,
  encodeVersion1,
  encodeVersion2,
  int,
  text,
} from '../../test/encode-write.ts'
import { createNameChecks } from './check-names.ts'
import type { MessageVersion } from './choose-message.ts'
import { createLabelSetReader } from './read-label-set.ts'
import { receiveWrite, type WriteResult } from './receive-write.ts'
import { createRooms } from './room.ts'
import { createSources } from './sources.ts'
import { WriteError } from './write-error.ts'

const NOW = Date.UTC(2026, 2, 1)
const MAX_BYTES = 100_000
const names = createNameChecks()
const stored: string[] = []
const sources = createSources({
  publish: async (_source, json) => void stored.push(Buffer.from(json).toString()),
  now: () => NOW,
  maxLength: () => 10_000,
  readLabelSet: createLabelSetReader(names),
  gateOf: () => () => 'held',
  maxSeriesBytes: 1_000_000,
})

/** What becomes of a body: a result, or the code of its fault. */
async function send(version: MessageVersion, body: Uint8Array): Promise<WriteResult | string> {
  stored.length = 0
  try {
    return await receiveWrite(
      { sources, names, maxBytes: MAX_BYTES, now: () => NOW },
      { version, source: 'hostile', body, room: createRooms(1e6).enter() },
    )
  } catch (error) {
    if (error instanceof WriteError) return error.code
    throw error
  }
}

const join = (...parts: readonly Uint8Array[]) => Buffer.concat(parts)
const label = (name: string, value: string) => bytes(1, join(text(1, name), text(2, value)))
const sample = (value: number) => bytes(2, join(double(1, value), int(2, NOW)))
const series = [
  {
    labels: [
      ['__name__', 'up'],
      ['job', 'a'],
    ],
    samples: [
      { value: 1, timeMs: NOW },
      { value: 'stale', timeMs: NOW + 1 },
    ],
    exemplars: [{ labels: [['trace_id', 'x']], value: 1, timeMs: NOW }],
    metadata: { kind: 2, help: 'Help.', unit: 's' },
  },
  {
    labels: [['__name__', 'took']],
    histograms: [
      { schema: 2, count: 3, sum: 1, positive: { spans: [[-3, 2]], counts: [1, 2] }, timeMs: NOW },
      {
        schema: -53,
        count: 1,
        sum: 1,
        customBounds: [1, 2],
        positive: { spans: [[1, 1]], counts: [1] },
        timeMs: NOW,
      },
    ],
  },
] as const

test.each<readonly [string, Uint8Array]>([
  ['a message that is cut off', encodeVersion1(series).subarray(0, -1)],
  ['a length beyond the end', Uint8Array.of(10, 127, 1)],
  ['a length of 2^64 - 1', Uint8Array.of(10, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1)],
  ['a length that does not end', new Uint8Array(20).fill(255)],
  ['a field numbered 0', Uint8Array.of(2, 0)],
  ['a group', Uint8Array.of(11, 12)],
  ['a label that ends after its series', bytes(1, Uint8Array.of(10, 4, 10, 1))],
  ['a double that is cut off', bytes(1, bytes(2, Uint8Array.of(9, 1, 2, 3)))],
  ['half a histogram', bytes(1, join(label('__name__', 'a'), bytes(4, Uint8Array.of(17, 1))))],
])('%s is malformed, and nothing of it is stored', async (_name, message) => {
  expect(await send(1, compress(join(encodeVersion1(series), message)))).toBe('malformed')
  expect(stored).toEqual([])
})

test.each<readonly [string, Uint8Array]>([
  [
    'symbols that do not begin with an empty one',
    join(text(4, 'a'), bytes(5, bytes(1, Uint8Array.of(0, 0)))),
  ],
  ['no symbols', bytes(5, join(bytes(1, Uint8Array.of(0, 1)), sample(1)))],
  ['a label beyond the symbols', join(text(4, ''), bytes(5, join(bytes(1, Uint8Array.of(0, 9)), sample(1))))],
  [
    'a help beyond the symbols',
    join(
      text(4, ''),
      text(4, '__name__'),
      text(4, 'a'),
      bytes(5, join(bytes(1, Uint8Array.of(1, 2)), bytes(5, int(3, 99)), sample(1))),
    ),
  ],
  ['a name without a value', join(text(4, ''), bytes(5, join(bytes(1, Uint8Array.of(0)), sample(1))))],
])('%s is malformed in version 2', async (_name, message) => {
  expect(await send(2, compress(message))).toBe('malformed')
  expect(stored).toEqual([])
})

it('reads fields in any order, repeated, packed or not, and passes over what it does not know', async () => {
  const unknown = join(
    int(99, 1),
    double(98, 1),
    bytes(97, Buffer.from('x')),
    Uint8Array.of(((96 << 3) & 127) | 133, 6, 0, 0, 0, 0),
  )
  const first = bytes(
    1,
    join(sample(1), label('__name__', 'up'), sample(2), unknown, label('job', 'a'), sample(3)),
  )
  expect(await send(1, compress(join(unknown, first, unknown)))).toMatchObject({ samples: 3, refused: 0 })
  expect(stored.join()).toContain('"series":[[0,{"job":"a"}]]')
  expect(stored.join()).toContain(`"samples":[[0,1,${NOW}],[0,2,${NOW}],[0,3,${NOW}]]`)

  const unpacked = bytes(5, join(sample(4), int(1, 1), int(1, 2), unknown))
  const symbols = join(text(4, ''), text(4, '__name__'), text(4, 'up'))
  expect(await send(2, compress(join(unpacked, symbols)))).toMatchObject({ samples: 1, refused: 0 })
})

it('takes nothing of the other version for its own', async () => {
  expect(await send(1, compress(encodeVersion2(series)))).toMatchObject({ samples: 0, refused: 0 })
  expect(await send(2, compress(encodeVersion1(series)))).toMatchObject({ samples: 0, refused: 0 })
})

it('refuses what would be too large when decompressed, and labels that are no UTF-8', async () => {
  expect(await send(1, compress(new Uint8Array(MAX_BYTES + 1)))).toBe('too_large')
  const broken = bytes(1, join(bytes(1, join(text(1, '__name__'), bytes(2, Uint8Array.of(0xc3)))), sample(1)))
  expect(await send(1, compress(broken))).toMatchObject({ refusedBy: [['invalid_label', 1]] })
})

test.each([1, 2] as const)(
  'whatever is broken in version %i has an answer and does no harm',
  async (version) => {
    const message = Buffer.from(version === 1 ? encodeVersion1(series) : encodeVersion2(series))
    const edit = fc.record({
      at: fc.nat(message.length - 1),
      byte: fc.nat(255),
      cut: fc.nat(3),
      insert: fc.nat(2),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 5 }), async (edits) => {
        let broken = message
        for (const { at, byte, cut, insert } of edits)
          broken = join(broken.subarray(0, at), new Uint8Array(insert).fill(byte), broken.subarray(at + cut))
        const result = await send(version, compress(broken))
        if (typeof result === 'string') expect(result).toBe('malformed')
        else for (const json of stored) expect(metricBatch.safeParse(JSON.parse(json)).error).toBeUndefined()
      }),
      { numRuns: 500 },
    )
    const body = Buffer.from(compress(message))
    await fc.assert(
      fc.asyncProperty(fc.nat(body.length - 1), fc.nat(255), async (at, byte) => {
        const broken = Buffer.from(body)
        broken[at] = byte
        const result = await send(version, broken)
        if (typeof result === 'string') expect(['malformed', 'too_large']).toContain(result)
      }),
      { numRuns: 500 },
    )
  },
)
