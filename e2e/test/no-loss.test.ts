import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type JetStreamClient, jetstream } from '@nats-io/jetstream'
import { connect, type NatsConnection } from '@nats-io/transport-node'
import { createSubjects, type MetricBatch } from '@tocsin/contract'
import { createMonitoring, type Monitoring } from '@tocsin/sdk'
import {
  failOnLeaks,
  type Server,
  type ServiceUnderTest,
  startNats,
  startService,
  waitFor,
} from '@tocsin/testkit'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'

failOnLeaks({ beforeAll, afterAll })

const subjects = createSubjects()
const EVERY_MS = 5

/** What goes wrong while applications publish. */
const blows = {
  killCollector: (world: World) => world.collector.kill(),
  killNats: (world: World) => world.nats.kill(),
  freezeNats: async (world: World) => {
    await world.nats.pause()
    await delay(300)
    await world.nats.resume()
  },
  restartCollector: (world: World) => world.collector.restart(),
} as const
type Blow = keyof typeof blows

interface World {
  readonly nats: Server
  readonly collector: ServiceUnderTest
  readonly nc: NatsConnection
  readonly monitoring: Monitoring
  stop(): Promise<void>
}

async function startWorld(): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-no-loss-'))
  const nats = await startNats()
  const collector = await startService('collector', {
    NATS_URL: nats.url,
    METRICS_SNAPSHOT_PATH: join(folder, 'head.snapshot'),
    METRICS_SNAPSHOT_INTERVAL: '1s',
  })
  const nc = await connect({ servers: nats.url, maxReconnectAttempts: -1, reconnectTimeWait: 50 })
  const monitoring = createMonitoring({
    service: 'shop',
    nats: { servers: nats.url },
    prometheus: false,
    onWarning: () => {},
  })
  await monitoring.start()
  return {
    nats,
    collector,
    nc,
    monitoring,
    async stop() {
      await monitoring.shutdown()
      await nc.close()
      await collector.stop()
      await nats.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Stores a message as a careful client does: under the same id until NATS says that it has it. */
async function store(js: JetStreamClient, body: object, id: string): Promise<void> {
  for (;;) {
    try {
      await js.publish(subjects.metrics('shop'), JSON.stringify(body), { msgID: id, timeout: 500 })
      return
    } catch {
      await delay(50)
    }
  }
}

function deltaBatch(id: string, value: number): MetricBatch {
  return {
    v: 1,
    id,
    time: new Date().toISOString(),
    source: 'shop',
    metrics: [{ name: 'delta_total', type: 'counter', temporality: 'delta' }],
    series: [[0, {}]],
    samples: [[0, value]],
  }
}

/** Publishes in every way until it is told to end; gives what was sent. */
async function publish(world: World, signal: AbortSignal): Promise<Readonly<Record<string, number>>> {
  const js = jetstream(world.nc)
  const sent = { event_total: 0, took_seconds_count: 0, delta_total: 0, app_total: 0 }
  const counter = world.monitoring.metrics.counter({ name: 'app_total', help: 'Counted.' })
  const stored: Promise<void>[] = []
  for (let i = 0; !signal.aborted; i++) {
    const value = 1 + (i % 3)
    sent.event_total += value
    sent.delta_total += value
    sent.took_seconds_count++
    sent.app_total += value
    counter.inc(value)
    const [one, two, three] = [randomUUID(), randomUUID(), randomUUID()]
    stored.push(store(js, { id: one, name: 'event_total', type: 'counter', value }, one))
    stored.push(store(js, { id: two, name: 'took_seconds', type: 'histogram', value: 0.1 }, two))
    stored.push(store(js, deltaBatch(three, value), three))
    await delay(EVERY_MS)
  }
  await Promise.all(stored)
  return sent
}

async function readTotal({ collector }: World, series: string): Promise<number> {
  const response = await fetch(`${collector.url}/api/v1/query?query=${series}`)
  const { data } = (await response.json()) as { data?: { result: { value: [number, string] }[] } }
  return Number(data?.result[0]?.value[1])
}

it('whatever dies while applications publish, all is counted, and once', async () => {
  const step = fc.record({
    afterMs: fc.integer({ min: 100, max: 900 }),
    blow: fc.constantFrom(...(Object.keys(blows) as Blow[])),
    deadMs: fc.integer({ min: 0, max: 600 }),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 6 }), async (steps) => {
      const world = await startWorld()
      try {
        const end = new AbortController()
        const publishing = publish(world, end.signal)
        for (const { afterMs, blow, deadMs } of steps) {
          await delay(afterMs)
          await blows[blow](world)
          await delay(deadMs)
          if (!world.nats.running) await world.nats.restart()
          if (!world.collector.running) await world.collector.restart()
        }
        end.abort()
        const sent = await publishing
        for (const [series, count] of Object.entries(sent))
          await waitFor(async () => (await readTotal(world, series)) >= count, {
            what: `${series} to reach ${count}`,
            timeoutMs: 40_000,
          })
        for (const [series, count] of Object.entries(sent))
          expect(await readTotal(world, series), series).toBe(count)
      } finally {
        await world.stop()
      }
    }),
    { numRuns: 2, endOnFailure: true },
  )
}, 180_000)
