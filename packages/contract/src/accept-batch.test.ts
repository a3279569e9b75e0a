import fc from 'fast-check'
import { expect, test } from 'vitest'
import { acceptBatch } from './accept-batch.ts'
import { metricBatch } from './metric-event.ts'
import { sampleMetricBatch } from './sample-events.ts'

const good = {
  ...sampleMetricBatch,
  dictionary: { publisher: 'shop-7f3a', edition: 0, metrics: 0, series: 0 },
  metadata: [{ name: 'rpc_seconds', type: 'histogram', help: 'h', unit: 'seconds' }],
  metrics: [
    ...sampleMetricBatch.metrics,
    { name: 'calls_total', type: 'counter', temporality: 'delta' },
    { name: 'temperature', type: 'gauge', help: '', unit: 'celsius' },
  ],
  series: [...sampleMetricBatch.series, [2, {}], [2, { room: 'Küche', empty: '' }]],
  samples: [
    ...sampleMetricBatch.samples,
    [2, -3.5],
    [3, 'stale', 1_772_366_400_000],
    [3, '-Inf'],
    [1, 'stale'],
    [1, [0, 0, 0], 0, 0],
  ],
}

/** Values at the edges of what the schema takes. */
const edge = fc.oneof(
  fc.constantFrom<unknown>(
    ...[
      0,
      -0,
      -1,
      1.5,
      2 ** 53,
      1e21,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      '',
      'NaN',
      '+Inf',
      'Inf',
      'stale',
    ],
    ...[null, true, undefined, [], {}, [0], [0, 1], [[0]], { a: 'b' }, { a: 1 }, { 'a-b': '' }, { __a: '' }],
    ...['a b', '9a', 'a:b', 'a\n', '_', 'x'.repeat(200), 'x'.repeat(201), 'x'.repeat(512), 'x'.repeat(513)],
    ...[
      '2026-02-30T00:00:00Z',
      '2026-03-01T12:00:00+01:00',
      '2026-03-01',
      'counter',
      'untyped',
      'meter',
      1,
      2,
    ],
    ...[[1, 1], [2, 1], [Number.NaN], [0, [1], 1], [0, [-1], 1], [0, [1]], [0, [1], 1, -1], [0, 1, 1, 1]],
    ...['x'.repeat(256), 'x'.repeat(257), 'x'.repeat(4096), 'x'.repeat(4097)],
    [0, {}, 1],
    [0, { a: 'b' }, 1, 2],
    [0, { a: 'b'.repeat(127) }, 1],
    [0, { a: '😀'.repeat(127) }, 1],
    [0, { a: 'b'.repeat(128) }, 1],
    [0, { '': 'b' }, 1],
    JSON.parse('{"__proto__":"x"}'),
    new Date(0),
  ),
  fc.jsonValue(),
)
const fieldName = fc.constantFrom(
  ...[
    'v',
    'id',
    'temporality',
    'help',
    'unit',
    'buckets',
    'a',
    'a-b',
    '__x',
    'constructor',
    'toString',
    'x'.repeat(257),
  ],
)

/** One change somewhere in a document: a value replaced, added or taken away. */
type Mutation = readonly [seed: number, kind: 'replace' | 'add' | 'remove', field: string, value: unknown]
const mutation = fc.tuple(fc.nat(), fc.constantFrom('replace', 'add', 'remove'), fieldName, edge)

function mutate(document: unknown, [seed, kind, field, edgeValue]: Mutation): unknown {
  const value = structuredClone(edgeValue)
  const places: [Record<string, unknown>, string][] = []
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return
    for (const key of Object.keys(node)) {
      places.push([node as Record<string, unknown>, key])
      visit((node as Record<string, unknown>)[key])
    }
  }
  visit(document)
  const [node, key] = places[seed % places.length] ?? [{}, '']
  if (kind === 'replace') node[key] = value
  else if (kind === 'remove') Array.isArray(node) ? node.splice(Number(key), 1) : delete node[key]
  else if (Array.isArray(node)) node.push(value)
  else Object.defineProperty(node, field, { value, enumerable: true, configurable: true, writable: true })
  return document
}

test('a batch of every kind of sample is accepted without the schema', () => {
  expect(acceptBatch(good)).toBe(good)
  expect(metricBatch.safeParse(good).success).toBe(true)
})

test('what is accepted is what the schema accepts and gives, whatever is changed about a batch', () => {
  let accepted = 0
  fc.assert(
    fc.property(fc.array(mutation, { minLength: 1, maxLength: 3 }), (mutations) => {
      const batch = mutations.reduce<unknown>(mutate, structuredClone(good)) as object
      const bySchema = metricBatch.safeParse(batch)
      const result = acceptBatch(batch)
      if (result) accepted++
      if (result) expect(bySchema.data).toEqual(result)
      // What it leaves to the schema is only what has more fields than the schema keeps.
      else if (bySchema.success) expect(bySchema.data).not.toStrictEqual(batch)
    }),
    { numRuns: 3000 },
  )
  expect(accepted).toBeGreaterThan(100)
})
