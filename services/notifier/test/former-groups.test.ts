import { createLog, systemClock } from '@tocsin/runtime'
import { failOnLeaks, waitFor } from '@tocsin/testkit'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { shortHash } from '../src/grouping/group-key.ts'
import { createGroupStore, type GroupStore } from '../src/grouping/group-store.ts'
import { webhookAlertOf } from '../src/grouping/webhook-alert.ts'
import { defaultPolicy } from '../src/policy/default-policy.ts'
import { openRecords } from '../src/records/open-records.ts'
import { transition } from './samples/events.ts'
import { startWorld, type World } from './world.ts'

failOnLeaks({ beforeAll, afterAll })

const log = createLog({ service: 'test', version: 'test', level: 'error' })
let world: World
beforeAll(async () => {
  world = await startWorld()
}, 120_000)
afterAll(() => world.stop())

const KEY = '{}/grouped:{alertname="Old", severity="high"}'

/** Records as they were written before a group remembered sets: of two alerts, of which one has ended untold. */
function formerRecords(atMs: number) {
  const firing = transition({
    id: 'old-1',
    name: 'Old',
    severity: 'high',
    labels: { instance: '1' },
    timeMs: atMs,
  })
  const second = transition({
    id: 'old-2',
    name: 'Old',
    severity: 'high',
    labels: { instance: '2' },
    timeMs: atMs,
  })
  const ended = { ...second, state: 'resolved' as const, id: 'old-3', resolvedAt: second.time }
  const record = (event: typeof firing, seq: number, heard: string) => ({
    fingerprint: event.fingerprint,
    id: event.id,
    seq,
    status: event.state,
    heard,
    severity: 'high',
    route: 'grouped',
    groupKey: KEY,
    groupLabels: { alertname: 'Old', severity: 'high' },
    alert: webhookAlertOf(event),
    acceptedMs: atMs,
    stages: {},
  })
  return {
    alerts: [record(firing, 1, 'nothing'), record(ended, 5, 'firing')],
    group: { key: KEY, anchorMs: atMs, flushedSeq: 2, lastSentMs: atMs, repeats: 0 },
    resolve: { ...firing, state: 'resolved' as const, id: 'old-4', resolvedAt: firing.time },
  }
}

async function openStore(): Promise<GroupStore> {
  return createGroupStore({
    records: await openRecords({ bus: world.bus, log, clock: systemClock }),
    firing: { lead() {}, stored() {}, posted() {} },
    incarnation: (await world.bus.jsm.streams.info(world.bus.streamName('ALERTS'))).created,
    formerPolicy: defaultPolicy({
      integrations: [{ channel: 'webhook', type: 'webhook', sendResolved: true, settings: {} }],
      groupWaitMs: 0,
      groupIntervalMs: 0,
      repeatIntervalMs: 1,
      digestIntervalMs: 1,
    }),
    onBadRecord: (key, detail) => log.error({ key }, detail),
  })
}

it('what a group had told before it remembered sets is still known', { timeout: 120_000 }, async () => {
  // The records are of transitions that stand in the stream.
  for (let i = 0; i < 5; i++) await world.publishAlert(transition({ state: 'pending', name: 'Other' }))
  await world.service.kill()
  const kv = await world.bus.kv('groups')
  const { alerts, group, resolve } = formerRecords(Date.now() - 1000)
  for (const alert of alerts) await kv.put(`alert.${alert.fingerprint}`, JSON.stringify(alert))
  await kv.put(`group.${shortHash(KEY)}`, JSON.stringify(group))

  const both = new Set(alerts.map(({ fingerprint }) => fingerprint))
  const [read] = (await (await openStore()).load()).groups
  expect(read).toMatchObject({ key: KEY, route: { key: '{}/grouped', receiver: 'default' } })
  expect(read?.told).toMatchObject([
    { channels: ['webhook'], atMs: group.lastSentMs, firing: both, open: both },
  ])
  // Written anew, it reads the same.
  expect((await (await openStore()).load()).groups).toEqual([read])

  await world.service.restart()
  const told = () =>
    world.sink.requests.flatMap(
      (request) => (request.json() as { alerts: { labels: object; status: string }[] }).alerts,
    )
  // The end that was not told yet, without telling again what is known to fire.
  await waitFor(() => told().some(({ status }) => status === 'resolved'), { timeoutMs: 30_000 })
  await world.publishAlert({ ...resolve, time: new Date().toISOString() })
  await waitFor(() => told().filter(({ status }) => status === 'resolved').length >= 2, { timeoutMs: 30_000 })
  expect(world.sink.requests).toHaveLength(2)
})
