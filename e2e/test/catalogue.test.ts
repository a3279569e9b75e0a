import { type MetricDefinition, metricGroups, type Publisher } from '@tocsin/contract'
import {
  type RunningService,
  type ServiceContext,
  type ServiceDefinition,
  startService,
} from '@tocsin/runtime'
import { type Server, startNats, startRedis } from '@tocsin/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { evaluatorEnv } from '../../services/alert-evaluator/src/env.ts'
import { startEvaluator } from '../../services/alert-evaluator/src/start-evaluator.ts'
import { capacity } from '../../services/capacity/src/service.ts'
import { collectorEnv } from '../../services/collector/src/env.ts'
import { startCollector } from '../../services/collector/src/start-collector.ts'
import { health } from '../../services/health/src/service.ts'
import { hostAgentEnv } from '../../services/host-agent/src/env.ts'
import { startHostAgent } from '../../services/host-agent/src/start-host-agent.ts'
import { notifier } from '../../services/notifier/src/notifier.ts'
import { sla } from '../../services/sla/src/service.ts'

type ServiceName = Exclude<Publisher, 'application' | 'every service'>

const port = () => 0
const definitions = {
  collector: { name: 'collector', env: collectorEnv, port, http: { metrics: false }, start: startCollector },
  'alert-evaluator': { name: 'alert-evaluator', env: evaluatorEnv, port, start: startEvaluator },
  notifier,
  health,
  sla,
  capacity,
  'host-agent': { name: 'host-agent', env: hostAgentEnv, port, start: startHostAgent },
} as unknown as Readonly<Record<ServiceName, ServiceDefinition>>
const names = Object.keys(definitions) as ServiceName[]

const contexts = new Map<ServiceName, ServiceContext>()
const stops: (() => Promise<unknown>)[] = []

/** Runs a service in this process, to look into its registry: metrics without a value are in there as well. */
async function start(name: ServiceName, nats: Server, redis: Server): Promise<void> {
  const definition: ServiceDefinition = {
    ...definitions[name],
    port,
    async start(ctx) {
      contexts.set(name, ctx)
      await definitions[name].start(ctx)
    },
  }
  const service: RunningService = await startService(definition, {
    NATS_URL: nats.url,
    REDIS_URL: redis.url,
    HTTP_HOST: '127.0.0.1',
    OTLP_PORT: '0',
    LOG_LEVEL: 'silent',
    SELF_METRICS_INTERVAL: '0',
  })
  stops.push(() => service.stop())
  await service.started
}

beforeAll(async () => {
  const [nats, redis] = await Promise.all([startNats(), startRedis()])
  stops.push(
    () => nats.stop(),
    () => redis.stop(),
  )
  await Promise.all(names.map((name) => start(name, nats, redis)))
})
afterAll(async () => {
  for (const stop of stops.reverse()) await stop()
})

interface Registered {
  readonly name: string
  readonly help: string
  readonly type: unknown
  /** prom-client's own metrics have these; histograms of our own are held to their definition by its maker. */
  readonly labelNames?: readonly string[]
  readonly upperBounds?: readonly number[]
}

const registered = (service: ServiceName): readonly Registered[] =>
  contexts.get(service)?.metrics.registry.getMetricsAsArray() ?? []

const catalogued = (...publishers: readonly Publisher[]): readonly MetricDefinition[] =>
  metricGroups
    .filter((group) => group.publishers.some((publisher) => publishers.includes(publisher)))
    .flatMap(({ metrics }) => Object.values<MetricDefinition>(metrics))

test.each(names)('%s has no metric but what the catalogue says of it', (service) => {
  const known = new Map(
    catalogued(service, 'every service').map((definition) => [definition.name, definition]),
  )
  for (const { name, help, type, labelNames, upperBounds } of registered(service)) {
    const definition = known.get(name)
    expect({ name, help, type }).toEqual({ name, help: definition?.help, type: definition?.type })
    if (labelNames) expect(labelNames, name).toEqual(definition?.labels)
    if (upperBounds) expect(upperBounds, name).toEqual(definition?.buckets)
  }
})

// What is read of the machine, or made of spans, is published otherwise, and held to the catalogue by its own tests.
const own = /^(?:tocsin|process|nodejs)_/

test.each(names)('%s has all that the catalogue says of it alone', (service) => {
  const present = new Set(registered(service).map(({ name }) => name))
  const missing = catalogued(service).filter(({ name }) => own.test(name) && !present.has(name))
  expect(missing.map(({ name }) => name)).toEqual([])
})

test('what the catalogue says of every service, some service has', () => {
  const present = new Set(names.flatMap(registered).map(({ name }) => name))
  const missing = catalogued('every service').filter(({ name }) => !present.has(name))
  expect(missing.map(({ name }) => name)).toEqual([])
})
