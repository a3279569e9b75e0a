import { headers } from '@nats-io/transport-node'
import { failOnLeaks, type Server, startNats } from '@tocsin/testkit'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createSendStored } from '../src/bus/send-stored.ts'
import { type BareContext, startBare } from './bare-service.ts'

failOnLeaks({ beforeAll, afterAll })
let nats: Server
let bare: Awaited<ReturnType<typeof startBare>>
let ctx: BareContext
beforeAll(async () => {
  nats = await startNats()
  bare = await startBare(nats.url)
  ctx = bare.ctx
})
afterAll(async () => {
  await bare.service.stop()
  await nats.stop()
})

const body = Buffer.from('{}')
const sender = () =>
  createSendStored({ nc: ctx.bus.nc, inboxPrefix: undefined, onReconnect: ctx.bus.onReconnect })
const plain = () => ({ headers: headers(), timeoutMs: 5000 })

it('many at once are stored in the order in which they were sent, each with its own answer', async () => {
  const send = sender()
  const subject = ctx.bus.subjects.health('test', 'many')
  const acks = await Promise.all(Array.from({ length: 2000 }, () => send(subject, body, plain())))
  const first = acks[0]?.seq ?? 0
  expect(acks.map(({ seq }) => seq)).toEqual(acks.map((_, i) => first + i))
  expect(acks.every(({ stream, duplicate }) => stream === 'HEALTH' && !duplicate)).toBe(true)
})

it('a repeated id is told as a duplicate, a wrong revision as that', async () => {
  const send = sender()
  const subject = ctx.bus.subjects.health('test', 'twice')
  const once = () => ({ headers: withHeader('Nats-Msg-Id', 'the-same'), timeoutMs: 5000 })
  expect(await send(subject, body, once())).toMatchObject({ duplicate: false })
  expect(await send(subject, body, once())).toMatchObject({ duplicate: true })
  const expecting = { headers: withHeader('Nats-Expected-Last-Sequence', '1'), timeoutMs: 5000 }
  await expect(send(subject, body, expecting)).rejects.toMatchObject({
    name: 'JetStreamApiError',
    code: 10071,
  })
})

it('what no stream takes is refused at once; what nobody answers, after its time', async () => {
  const send = sender()
  await expect(send('nobody.listens', body, plain())).rejects.toThrow("no responders: 'nobody.listens'")
  const silent = ctx.bus.nc.subscribe('somebody.is.silent', { callback: () => {} })
  await expect(send('somebody.is.silent', body, { headers: headers(), timeoutMs: 300 })).rejects.toThrow(
    'timeout',
  )
  silent.unsubscribe()
})

it('what was on its way when the server died is stored once, by the publisher that tries again', async () => {
  const subject = ctx.bus.subjects.health('test', 'killed')
  const before = (await ctx.bus.jsm.streams.info('HEALTH')).state.last_seq
  await nats.kill()
  const stored = Promise.all(
    Array.from({ length: 200 }, (_, i) => ctx.bus.publish(subject, { i }, { msgId: `k-${i}` })),
  )
  await nats.restart()
  expect(await stored).toHaveLength(200)
  expect((await ctx.bus.jsm.streams.info('HEALTH')).state.last_seq - before).toBe(200)
}, 60_000)

function withHeader(name: string, value: string) {
  const all = headers()
  all.set(name, value)
  return all
}
