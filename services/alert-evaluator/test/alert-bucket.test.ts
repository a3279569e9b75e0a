import { type Bus, baseEnv, type ConsumeDeps, type RunningService, startService } from '@tocsin/runtime'
import { type Server, startNats } from '@tocsin/testkit'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import type { AlertRecord } from '../src/alerts/alert-record.ts'
import { OvertakenError, openAlertBucket } from '../src/state/alert-bucket.ts'

let nats: Server
let service: RunningService
let ctx: ConsumeDeps
let bus: Bus

beforeAll(async () => {
  nats = await startNats()
  service = await startService(
    {
      name: 'test',
      env: z.object(baseEnv),
      port: () => 0,
      start(given) {
        ctx = given
        bus = given.bus
      },
    },
    { NATS_URL: nats.url, HTTP_HOST: '127.0.0.1', LOG_LEVEL: 'silent', SELF_METRICS_INTERVAL: '0' },
  )
  await service.started
})
afterAll(async () => {
  await service?.stop()
  await nats?.stop()
})

const open = (through: Bus = bus) => openAlertBucket({ ...ctx, bus: through })
const messages = async () => (await bus.jsm.streams.info('KV_alert-state')).state.messages

const record: AlertRecord = {
  v: 1,
  rule: { id: 'r', name: 'Down', group: 'g', file: 'f', origin: 'file' },
  alert: {
    fingerprint: 'a',
    labels: { alertname: 'Down' },
    annotations: {},
    phase: 'firing',
    value: '1',
    activeAt: 1,
    sequence: 1,
  },
}

it('leaves nothing of what it erases, also when NATS failed in between', async () => {
  let failures = 1
  const failing: Bus = {
    ...bus,
    async eraseRevision(key, revision) {
      if (failures-- > 0) throw new Error('NATS is away')
      await bus.eraseRevision(key, revision)
    },
  }
  const bucket = await open(failing)
  await bucket.put('r.a', record)
  await expect(bucket.erase('r.a')).rejects.toThrow('NATS is away')
  expect(await messages()).toBe(1)
  await bucket.erase('r.a')
  expect(await messages()).toBe(0)
  await bucket.erase('r.a')
  await bucket.put('r.a', record)
  await bucket.erase('r.a')
  expect(await messages()).toBe(0)
})

it('takes a marker that stands already for its own, whose answer got lost', async () => {
  const bucket = await open()
  await bucket.put('r.b', record)
  await (await bus.kv('alert-state')).delete('r.b')
  await bucket.erase('r.b')
  expect(await messages()).toBe(0)
})

it('erases nothing that someone else wrote', async () => {
  const [bucket, other] = await Promise.all([open(), open()])
  await bucket.put('r.c', record)
  await other.load(() => true)
  await other.put('r.c', { ...record, alert: { ...record.alert, sequence: 2 } })
  await expect(bucket.erase('r.c')).rejects.toThrow(OvertakenError)
  expect((await other.load(() => true)).records).toMatchObject([
    { key: 'r.c', record: { alert: { sequence: 2 } } },
  ])
})
