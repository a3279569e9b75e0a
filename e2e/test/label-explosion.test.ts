import { type AlertEvent, alertEvent } from '@tocsin/contract'
import type { Bus } from '@tocsin/runtime'
import {
  failOnLeaks,
  type Server,
  type ServiceUnderTest,
  startNats,
  startService,
  waitFor,
} from '@tocsin/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { compress, encodeVersion1 } from '../../services/collector/test/encode-write.ts'
import { openBus } from '../../services/collector/test/open-bus.ts'

failOnLeaks({ beforeAll, afterAll })

// More than what the services themselves publish has of one metric.
const LIMIT = 500
const USERS = 3000

let nats: Server
let bus: Bus
let collector: ServiceUnderTest
let evaluator: ServiceUnderTest

beforeAll(async () => {
  nats = await startNats()
  bus = await openBus(nats.url)
  await bus.ensureTopology()
  const env = { NATS_URL: nats.url, SELF_METRICS_INTERVAL: '200ms' }
  ;[collector, evaluator] = await Promise.all([
    startService('collector', { ...env, METRICS_MAX_SERIES_PER_METRIC: String(LIMIT) }),
    startService('alert-evaluator', { ...env, ALERT_RULE_PACKS: 'tocsin' }),
  ])
})

afterAll(async () => {
  await Promise.all([collector?.stop(), evaluator?.stop()])
  await bus?.close()
  await nats?.stop()
})

const users = Array.from({ length: USERS }, (_, i) => `user-${i}`)

const publish = (source: string, event: unknown) =>
  bus.publish(bus.subjects.metrics(source), JSON.stringify(event))

const forward = async (source: string, all: Parameters<typeof encodeVersion1>[0]) => {
  const response = await fetch(`${collector.url}/api/v1/write?source=${source}`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf', 'content-encoding': 'snappy' },
    body: compress(encodeVersion1(all)),
  })
  return { status: response.status, text: await response.text() }
}

/** The value of a query that has one result. */
async function askOne(query: string): Promise<number | undefined> {
  const response = await fetch(`${collector.url}/api/v1/query?${new URLSearchParams({ query })}`)
  const { data } = (await response.json()) as { data: { result: { value: [number, string] }[] } }
  const value = data.result[0]?.value[1]
  return value === undefined ? undefined : Number(value)
}

const untilValue = (query: string, value: number) =>
  waitFor(async () => (await askOne(query)) === value, { what: `${query} to be ${value}` })

/** The log's lines about a metric. */
const told = (metric: string) =>
  collector.logs.filter(
    ({ level, detail, reason }) => level === 'warn' && `${detail} ${reason}`.includes(metric),
  )

async function alertsOf(name: string): Promise<readonly AlertEvent[]> {
  const stream = bus.streamName('ALERTS')
  const { state } = await bus.jsm.streams.info(stream)
  const events: AlertEvent[] = []
  for (let seq = Math.max(1, state.first_seq); seq <= state.last_seq; seq++) {
    const message = await bus.jsm.streams.getMessage(stream, { seq })
    if (message) events.push(alertEvent.parse(message.json()))
  }
  return events.filter(({ labels }) => labels['alertname'] === name)
}

test('user ids in a label of events: so many series as the limit has, one line of the log, and others go on', async () => {
  const event = (user: string) => ({ name: 'clicks_total', type: 'counter', value: 1, labels: { user } })
  await Promise.all(users.map((user) => publish('exploding', event(user))))
  await publish('other', { name: 'calm', type: 'gauge', value: 7 })
  await untilValue('calm', 7)
  expect(await askOne('count(clicks_total)')).toBe(LIMIT)
  await untilValue('sum(tocsin_head_series_refused_total{name="clicks_total"})', USERS - LIMIT)
  const lines = await waitFor(() => told('clicks_total').length > 0 && told('clicks_total'))
  expect(lines).toHaveLength(1)
  expect(lines[0]).toMatchObject({ reason: 'series_limit_metric', subject: 'monitoring.metrics.exploding' })
  expect(lines[0]?.['detail']).toBe(
    'metric clicks_total has its 500 series and gets no more: its label user has 500 values in 500 series; take what differs from user to user or request to request out of it, or raise METRICS_MAX_SERIES_PER_METRIC',
  )
  // Enough to look at, and not one for each.
  const letters = async () => (await bus.jsm.streams.info(bus.streamName('DEAD_LETTERS'))).state.messages
  await waitFor(async () => (await letters()) >= 100, { what: 'the dead letters' })
  expect(await letters()).toBe(100)
})

test('user ids in a label that is forwarded: the sender is told, and nothing of it crowds the stream', async () => {
  const series = (name: string, user: string) => ({
    labels: [['__name__', name] as const, ['user', user] as const],
    samples: [{ value: 1, timeMs: Date.now() }],
  })
  expect(
    await forward(
      'prometheus',
      users.slice(0, LIMIT).map((user) => series('visits', user)),
    ),
  ).toEqual({
    status: 204,
    text: '',
  })
  await untilValue('count(visits)', LIMIT)
  const all = [...users.map((user) => series('visits', user)), series('calm_too', 'none')]
  const { status, text } = await forward('prometheus', all)
  expect(status).toBe(400)
  expect(text).toMatch(
    /^2500 refused, and the other 501 are stored: series_limit_metric \(2500 times, first: metric visits has its 500 series .* label user .* METRICS_MAX_SERIES_PER_METRIC\)\n$/,
  )
  await untilValue('count(visits)', LIMIT)
  await untilValue('calm_too', 1)
  expect(await askOne('count(calm_too)')).toBe(1)
  await untilValue('sum(tocsin_head_series_refused_total{name="visits"})', USERS - LIMIT)
  await waitFor(() => told('visits').length > 0)
  expect(told('visits')).toHaveLength(1)
})

test('the shipped rule sees both, and names them', async () => {
  const pending = await waitFor(
    async () => {
      const alerts = await alertsOf('SeriesLimitReached')
      return new Set(alerts.map(({ labels }) => labels['name'])).size === 2 && alerts
    },
    { what: 'alerts on both metrics', timeoutMs: 60_000 },
  )
  expect(pending[0]).toMatchObject({
    state: 'pending',
    labels: { reason: 'series_limit_metric', name: expect.stringMatching(/^(clicks_total|visits)$/) },
    annotations: { summary: expect.stringMatching(/(clicks_total|visits) are refused/) },
  })
})
