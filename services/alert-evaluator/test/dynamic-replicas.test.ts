import { type ServiceUnderTest, startService, waitFor } from '@tocsin/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sendSpans } from './send-spans.ts'
import { startWorld, type World } from './start-world.ts'

let world: World
let collector: ServiceUnderTest
let replicas: readonly ServiceUnderTest[]

beforeAll(async () => {
  world = await startWorld()
  collector = await startService('collector', { NATS_URL: world.nats.url })
  const env = { DYNAMIC_ALERTS_WINDOW: '15s', DYNAMIC_ALERTS_SPAN_HOLD: '30s' }
  replicas = await Promise.all([world.start(env), world.start(env)])
}, 60_000)
afterAll(async () => {
  clearInterval(timer)
  for (const one of replicas ?? []) await one.stop()
  await collector?.stop()
  await world?.stop()
})

let timer: NodeJS.Timeout | undefined
/** Spans of many services, so that each replica has some; what cannot be sent is not. */
const SERVICES = Array.from({ length: 8 }, (_, i) => `shop-${i}`)
const sendAll = () =>
  Promise.allSettled(
    SERVICES.map((service) =>
      sendSpans(collector, service, [
        { name: 'GET /', count: 20, failed: 10 },
        { name: 'pay', kind: 1, attributes: { 'alert.severity': 'critical' } },
      ]),
    ),
  )
const tellings = async (alertname: string) => {
  const told = (await world.alerts()).filter((event) => event.alertname === alertname)
  return told.map(({ state, labels }) => `${labels['service']} ${state}`).toSorted()
}
const all = (...states: readonly string[]) =>
  SERVICES.flatMap((service) => states.map((state) => `${service} ${state}`)).toSorted()

test('each alert is told once, whichever replica dies and while NATS restarts, and each end as well', async () => {
  timer = setInterval(() => void sendAll(), 1000)
  for (const alertname of ['OperationErrorRate', 'SpanAlert'])
    await waitFor(async () => (await tellings(alertname)).length >= SERVICES.length, {
      what: `${alertname} of every service`,
      timeoutMs: 30_000,
    })
  await world.nats.restart()
  await replicas[0]?.kill()
  const other = replicas[1]
  if (!other) throw new Error('there are two replicas')
  const shown = await waitFor(
    async () => {
      const { data } = await world.api(other, '/api/v1/rules?file[]=dynamic')
      const rules = data.groups.flatMap((group) => group.rules)
      const firing = rules.filter(({ name, state }) => name !== 'OperationLatency' && state === 'firing')
      return firing.length === 2 * SERVICES.length ? firing : undefined
    },
    { what: 'the replica that is left to have all alerts', timeoutMs: 30_000 },
  )
  expect(shown).toHaveLength(16)
  for (const alertname of ['OperationErrorRate', 'SpanAlert'])
    expect(await waitFor(() => tellings(alertname), { what: 'the ALERTS stream' })).toEqual(all('firing'))
  clearInterval(timer)
  for (const alertname of ['OperationErrorRate', 'SpanAlert']) {
    await waitFor(async () => (await tellings(alertname)).length >= 2 * SERVICES.length, {
      what: `${alertname} to end for every service`,
      timeoutMs: 60_000,
    })
    expect(await tellings(alertname)).toEqual(all('firing', 'resolved'))
  }
}, 180_000)
