import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
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
import { openBus } from './open-bus.ts'
import { readValue, scrape } from './read-exposition.ts'

failOnLeaks({ beforeAll, afterAll })

let folder: string
let path: string
let nats: Server
let bus: Bus
let collector: ServiceUnderTest

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'collector-snapshot-'))
  path = join(folder, 'state', 'head.snapshot')
  nats = await startNats()
  collector = await startService('collector', { NATS_URL: nats.url, METRICS_SNAPSHOT_PATH: path })
  bus = await openBus(nats.url)
})

afterAll(async () => {
  await bus?.close()
  await collector?.stop()
  await nats?.stop()
  if (folder) await rm(folder, { recursive: true })
})

const count = (value: number, id?: string) =>
  bus.publish(
    bus.subjects.metrics('shop'),
    JSON.stringify({ name: 'sold_total', type: 'counter', value, ...(id && { id }) }),
  )
const untilSold = (value: number) =>
  waitFor(async () => readValue(await scrape(collector.url), 'sold_total') === value, {
    what: `${value} sold`,
  })
const purge = () => bus.jsm.streams.purge(bus.streamName('METRICS'))

test('a counter goes on where it was, although the stream has dropped what it was counted from', async () => {
  await count(40, 'first')
  await count(2)
  await untilSold(42)
  await collector.stop()
  await purge()
  await count(1)
  await collector.restart()
  await untilSold(43)
  await count(40, 'first')
  await count(1)
  await untilSold(44)
})

test('a crash costs nothing that the stream still has', async () => {
  await collector.restart()
  await count(6)
  await untilSold(50)
  await collector.kill()
  await count(1)
  await collector.restart()
  await untilSold(51)
})

test('a damaged snapshot is told, and the stream replayed instead', async () => {
  await collector.stop()
  await writeFile(path, 'no snapshot')
  await collector.restart()
  await collector.waitForLog(
    (line) => line.msg === 'the snapshot cannot be read: replaying the stream instead',
  )
  // What was purged is gone: the stream has 1, the repeated 40 as a first one now, 1, 6 and 1.
  await untilSold(49)
})

test('the snapshot of a stream that was made anew is not used', async () => {
  await collector.stop()
  await bus.jsm.streams.delete(bus.streamName('METRICS'))
  await bus.ensureTopology()
  await count(5)
  await collector.restart()
  await untilSold(5)
  const stored = await fetch(`${collector.url}/health/ready`)
  expect(stored.status).toBe(200)
})
