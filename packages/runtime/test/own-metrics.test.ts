import { hostname } from 'node:os'
import { type MetricBatch, metricBatch, runtimeMetrics } from '@tocsin/contract'
import { failOnLeaks, type Server, startNats, waitFor } from '@tocsin/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type BareContext, startBare } from './bare-service.ts'

failOnLeaks({ beforeAll, afterAll })
let nats: Server
let reader: Awaited<ReturnType<typeof startBare>>
beforeAll(async () => {
  nats = await startNats()
  reader = await startBare(nats.url, {}, { name: 'reader' })
})
afterAll(async () => {
  await reader.service.stop()
  await nats.stop()
})

/** What a service has published of itself, oldest first. */
async function published(service: string): Promise<readonly MetricBatch[]> {
  const { bus } = reader.ctx
  const stream = bus.streamName('METRICS')
  const { state } = await bus.jsm.streams.info(stream)
  const batches: MetricBatch[] = []
  for (let seq = Math.max(1, state.first_seq); seq <= state.last_seq; seq++) {
    const message = await bus.jsm.streams.getMessage(stream, { seq })
    if (message?.subject === bus.subjects.metrics(`tocsin-${service}`))
      batches.push(metricBatch.parse(message.json()))
  }
  return batches
}

/** Every level that was published of a metric, oldest first. */
function levelsOf(name: string, batches: readonly MetricBatch[]) {
  let metrics: MetricBatch['metrics'] = []
  let series: MetricBatch['series'] = []
  return batches.flatMap((batch) => {
    metrics = [...metrics.slice(0, batch.dictionary?.metrics), ...batch.metrics]
    series = [...series.slice(0, batch.dictionary?.series), ...batch.series]
    return batch.samples
      .filter(([place]) => metrics[series[place]?.[0] ?? -1]?.name === name)
      .map(([, level]) => level)
  })
}

const untilPublished = (service: string, enough: (batches: readonly MetricBatch[]) => boolean) =>
  waitFor(
    async () => {
      const batches = await published(service)
      return enough(batches) && batches
    },
    { what: `what ${service} publishes of itself`, timeoutMs: 15_000 },
  )

/** A service that counts each of its stops. */
function startCounting(name: string, more: Readonly<Record<string, string>> = {}) {
  const start = ({ metrics, lifecycle }: BareContext) => {
    const letters = metrics.counter(runtimeMetrics.deadLettersTotal)
    lifecycle.onStop('own', () => letters.inc({ stream: 'X', reason: 'stopped', written: 'true' }))
  }
  return startBare(nats.url, { SELF_METRICS_INTERVAL: '100ms', ...more }, { name, start })
}

test('a service publishes its metrics at once, then regularly, and at the end what it counted last', async () => {
  const { ctx, service } = await startCounting('regular')
  const [first] = await untilPublished('regular', (batches) => batches.length >= 6)
  const identity = { service: 'regular', instance: `${hostname()}:${new URL(ctx.url).port}` }
  expect(ctx.identity).toEqual(identity)
  expect(first?.source).toBe('tocsin-regular')
  expect(first?.metrics.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['tocsin_build_info', 'tocsin_nats_connected', 'process_resident_memory_bytes']),
  )
  for (const [, labels] of first?.series ?? []) expect(labels).toMatchObject(identity)

  await service.stop()
  const all = await published('regular')
  expect(levelsOf('tocsin_dead_letters_total', all)).toEqual([0, 1, 'stale'])
  expect(levelsOf('tocsin_build_info', all)).toEqual([...all.map(() => 1), 'stale'])
})

test('with an interval of 0 it publishes nothing of itself', async () => {
  const { service } = await startCounting('quiet', { SELF_METRICS_INTERVAL: '0' })
  await service.stop()
  expect(await published('quiet')).toEqual([])
})

test('it is silent while NATS is away, and goes on when it is back', async () => {
  const { service } = await startCounting('away')
  await untilPublished('away', (batches) => batches.length >= 1)
  await nats.kill()
  await nats.restart()
  const before = (await untilPublished('away', () => true)).length
  await untilPublished('away', (batches) => batches.length > before)
  await service.stop()
})

test('a stop while NATS is away waits for nothing', async () => {
  const { service } = await startCounting('gone')
  await untilPublished('gone', (batches) => batches.length >= 1)
  await nats.kill()
  const steps = await service.stop()
  expect(steps.map(({ name, outcome }) => `${name} ${outcome}`)).toContain('own metrics done')
  await nats.restart()
})
