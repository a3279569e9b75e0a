import { type MetricBatch, metricBatch } from '@tocsin/contract'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { BatchDraft } from './batch-draft.ts'
import { createDictionaryLane, type LaneWork } from './dictionary-lane.ts'
import type { LaneMetric, LaneSeries } from './lane-series.ts'

function metricOf(name: string, metadata?: string): LaneMetric {
  return {
    json: JSON.stringify({ name, type: 'untyped' }),
    edition: undefined,
    number: 0,
    metadata: metadata === undefined ? undefined : { json: metadata, edition: undefined },
  }
}

function seriesOf(metric: LaneMetric, labels: Record<string, string>): LaneSeries {
  return {
    metric,
    labels: JSON.stringify(labels),
    edition: undefined,
    number: 0,
    createdMs: 0,
    createdIn: undefined,
  }
}

/** Writes each entry when there is room for it. */
function workOf(entries: readonly ((draft: BatchDraft) => void)[]): LaneWork {
  let next = 0
  return {
    write(draft) {
      for (; next < entries.length; next++) {
        if (draft.isFull()) return false
        entries[next]?.(draft)
      }
      return true
    },
  }
}

/** Reads batches as the contract says: `name{labels} value @time` of each sample, or what it cannot refer to. */
function createReader() {
  let edition = -1
  let metrics: MetricBatch['metrics'] = []
  let series: MetricBatch['series'] = []
  return (json: Uint8Array): string[] => {
    const batch = metricBatch.parse(JSON.parse(Buffer.from(json).toString()))
    const { dictionary } = batch
    if (!dictionary) throw new Error('no dictionary')
    if (dictionary.edition !== edition) {
      edition = dictionary.edition
      metrics = []
      series = []
    }
    metrics = [...metrics.slice(0, dictionary.metrics), ...batch.metrics]
    series = [...series.slice(0, dictionary.series), ...batch.series]
    const say = (n: number) => {
      const [metric, labels] = series[n] ?? []
      return `${metrics[metric ?? -1]?.name ?? '?'}${JSON.stringify(labels)}`
    }
    return batch.samples.map(([n, ...rest]) => `${say(n)} ${JSON.stringify(rest)}`)
  }
}

const at = Date.UTC(2026, 2, 1)

it('says everything that the contract has, and describes a series once an edition', async () => {
  const messages: MetricBatch[] = []
  const publish = async (json: Uint8Array) => {
    messages.push(metricBatch.parse(JSON.parse(Buffer.from(json).toString())))
  }
  const lane = createDictionaryLane({ source: 'shop', publish, now: () => at })
  const good = seriesOf(metricOf('level', '{"name":"level","type":"gauge"}'), { a: 'ü "1"' })
  const took = seriesOf(
    {
      json: '{"name":"took","type":"histogram","buckets":[0.1,1]}',
      edition: undefined,
      number: 0,
      metadata: undefined,
    },
    {},
  )
  const entries = [
    (draft: BatchDraft) => draft.created(good, 1000),
    (draft: BatchDraft) => draft.created(good, 1000),
    (draft: BatchDraft) => draft.sample(good, 1.5, 2000),
    (draft: BatchDraft) => draft.sample(good, Number.NaN, 2001),
    (draft: BatchDraft) => draft.sample(good, Infinity, 2002),
    (draft: BatchDraft) => draft.sample(good, -Infinity, 2003),
    (draft: BatchDraft) => draft.end(good, 2004),
    (draft: BatchDraft) => draft.histogram(took, [1, 2.5, 3], -0.25, 2005),
    (draft: BatchDraft) => draft.exemplar(took, '{"trace_id":"abc"}', 0.3, 2006),
  ]
  await lane.store(workOf(entries))
  await lane.store(workOf([(draft) => draft.sample(took, 1, 3000), (draft) => draft.sample(good, 2, 3000)]))
  expect(messages[0]).toEqual({
    v: 1,
    id: expect.stringMatching(/-0$/),
    time: '2026-03-01T00:00:00.000Z',
    source: 'shop',
    dictionary: { publisher: expect.any(String), edition: 0, metrics: 0, series: 0 },
    metadata: [{ name: 'level', type: 'gauge' }],
    metrics: [
      { name: 'level', type: 'untyped' },
      { name: 'took', type: 'histogram', buckets: [0.1, 1] },
    ],
    series: [
      [0, { a: 'ü "1"' }],
      [1, {}],
    ],
    created: [[0, 1000]],
    exemplars: [[1, { trace_id: 'abc' }, 0.3, 2006]],
    samples: [
      [0, 1.5, 2000],
      [0, 'NaN', 2001],
      [0, '+Inf', 2002],
      [0, '-Inf', 2003],
      [0, 'stale', 2004],
      [1, [1, 2.5, 3], -0.25, 2005],
    ],
  })
  expect(messages[1]).toMatchObject({
    dictionary: { publisher: messages[0]?.dictionary?.publisher, edition: 0, metrics: 2, series: 2 },
    metrics: [],
    series: [],
    samples: [
      [1, 1, 3000],
      [0, 2, 3000],
    ],
  })
})

it('sends one message at a time, and what came meanwhile in the next', async () => {
  const sent: (() => void)[] = []
  const publish = () => new Promise<void>((resolve) => sent.push(resolve))
  const lane = createDictionaryLane({ source: 'shop', publish, now: () => at })
  const series = seriesOf(metricOf('level'), {})
  const one = (value: number) => lane.store(workOf([(draft) => draft.sample(series, value, at)]))
  const stored = [one(1), one(2), one(3)]
  expect(sent).toHaveLength(1)
  sent[0]?.()
  await stored[0]
  await Promise.resolve()
  expect(sent).toHaveLength(2)
  sent[1]?.()
  await Promise.all(stored)
  expect(sent).toHaveLength(2)
  expect(lane.isIdle()).toBe(true)
})

it('begins an edition anew after 30 s, or later where samples are few beside their descriptions', async () => {
  let now = at
  const editions: number[] = []
  const publish = async (json: Uint8Array) => {
    editions.push(JSON.parse(Buffer.from(json).toString()).dictionary.edition)
  }
  const lane = createDictionaryLane({ source: 'shop', publish, now: () => now })
  const series = seriesOf(metricOf('level'), { note: 'x'.repeat(300) })
  const store = (samples: number) =>
    lane.store(workOf(Array.from({ length: samples }, () => (draft) => draft.sample(series, 1, now))))
  await store(1)
  now += 31_000
  await store(1)
  now += 270_000
  await store(100)
  now += 31_000
  await store(1)
  expect(editions).toEqual([0, 0, 1, 2])
})

it('gives readers what was stored and nothing else, whatever of it is lost on the way', async () => {
  const metrics = ['a', 'b', 'c'].map((name) => metricOf(name))
  const outcome = fc.constantFrom('stored', 'stored', 'stored', 'lost', 'stored, not acknowledged')
  const request = fc.array(fc.tuple(fc.nat(2), fc.nat(5), fc.nat(1000)), { minLength: 1, maxLength: 30 })
  await fc.assert(
    fc.asyncProperty(
      fc.array(request, { maxLength: 12 }),
      fc.infiniteStream(outcome),
      async (requests, outcomes) => {
        const all = metrics.map((metric) =>
          Array.from({ length: 6 }, (_, i) => seriesOf(metric, { i: `${i}` })),
        )
        const read = createReader()
        const seen: string[] = []
        const publish = async (json: Uint8Array) => {
          const { value } = outcomes.next()
          if (value !== 'lost') seen.push(...read(json))
          if (value !== 'stored') throw new Error(value)
        }
        const lane = createDictionaryLane({ source: 's', publish, now: () => at, maxLength: 300 })
        const expected = requests.map((entries) =>
          entries.map(([m, s, value]) => `${'abc'[m]}{"i":"${s}"} [${value},${at}]`),
        )
        const results = await Promise.allSettled(
          requests.map((entries) =>
            lane.store(
              workOf(
                entries.map(([m, s, value]) => (draft) => {
                  const series = all[m]?.[s]
                  if (series) draft.sample(series, value, at)
                }),
              ),
            ),
          ),
        )
        const known = new Set(expected.flat())
        expect(seen.filter((sample) => !known.has(sample))).toEqual([])
        for (const [i, { status }] of results.entries())
          if (status === 'fulfilled') for (const sample of expected[i] ?? []) expect(seen).toContain(sample)
      },
    ),
  )
})

it('rejects whose work cannot be written, and goes on with others', async () => {
  const lane = createDictionaryLane({ source: 's', publish: async () => {}, now: () => at })
  const fault = new Error('cannot be written')
  await expect(
    lane.store({
      write() {
        throw fault
      },
    }),
  ).rejects.toBe(fault)
  await lane.store(workOf([]))
  expect(lane.isIdle()).toBe(true)
})
