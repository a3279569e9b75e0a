import { failOnLeaks, type Server, startNats, waitFor } from '@tocsin/testkit'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import {
  CodedError,
  consumeOrdered,
  type Delivery,
  decodeJson,
  type OrderedOptions,
  parseWith,
  pipeline,
  type RunningService,
} from '../src/mod.ts'
import { type BareContext, startBare } from './bare-service.ts'
import { deadLetters, metricOf } from './observe.ts'

failOnLeaks({ beforeAll, afterAll })
const sample = z.object({ n: z.number() })
let nats: Server
let ctx: BareContext
let service: RunningService
let subject: string

beforeAll(async () => {
  nats = await startNats()
})
afterAll(() => nats.stop())
beforeEach(async () => {
  await restart()
  subject = ctx.bus.subjects.metrics('shop')
  await ctx.bus.jsm.streams.delete('METRICS')
  await ctx.bus.jsm.streams.purge('DEAD_LETTERS')
  await ctx.bus.ensureTopology()
})
afterEach(async () => {
  await service.stop()
})

/** A new run of the same service, as after a restart. */
async function restart(env: Readonly<Record<string, string>> = {}) {
  await service?.stop()
  const started = await startBare(nats.url, env, { name: 'collector' })
  ctx = started.ctx
  service = started.service
}

async function read(
  more: Partial<OrderedOptions> = {},
  handle: (n: number, delivery: Delivery) => unknown = () => {},
) {
  const seen: number[] = []
  const consumer = await consumeOrdered(ctx, {
    stream: 'METRICS',
    deadLetters: true,
    stages: pipeline(decodeJson, parseWith(sample), ({ n }, delivery) => {
      seen.push(n)
      return handle(n, delivery)
    }),
    ...more,
  })
  return { seen, consumer }
}

const publishAll = (from: number, to: number) =>
  Promise.all(Array.from({ length: to - from }, (_, i) => ctx.bus.publish(subject, { n: from + i })))
const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i)
const sorted = (values: readonly number[]) => [...values].sort((a, b) => a - b)

describe('an ordered consumer', () => {
  it('reads what is stored, says that it has caught up, and goes on live', async () => {
    for (let n = 0; n < 1200; n += 100) await publishAll(n, n + 100)
    const replaying: boolean[] = []
    let caughtUpAt = -1
    const { seen, consumer } = await read(
      {
        onCaughtUp: () => {
          caughtUpAt = replaying.length
        },
      },
      (_n, delivery) => void replaying.push(delivery.replaying),
    )
    await consumer.caughtUp
    expect(sorted(seen)).toEqual(numbers(0, 1200))
    expect(caughtUpAt).toBe(1200)
    expect(replaying).not.toContain(false)
    await ctx.bus.publish(subject, { n: 1200 })
    await waitFor(() => seen.length === 1201)
    expect(replaying[1200]).toBe(false)
    expect(consumer.sequence()).toBe(1201)
  })

  it('has caught up at once with an empty stream', async () => {
    const { consumer } = await read()
    await consumer.caughtUp
  })

  it('starts from a sequence', async () => {
    await publishAll(0, 1)
    await publishAll(1, 2)
    await publishAll(2, 3)
    const { seen, consumer } = await read({ fromSequence: 2 })
    await consumer.caughtUp
    expect(seen).toEqual([1, 2])
  })

  it('goes on after the server was killed and came back, each message once and in order', async () => {
    const { seen } = await read()
    for (let n = 0; n < 50; n++) await ctx.bus.publish(subject, { n })
    await nats.kill()
    await nats.restart()
    for (let n = 50; n < 100; n++) await ctx.bus.publish(subject, { n })
    await waitFor(() => seen.length >= 100, { timeoutMs: 15_000 })
    expect(seen).toEqual(numbers(0, 100))
  })

  it('begins anew, and says so, when its stream was removed', async () => {
    let recreated = 0
    const { seen } = await read({ onRecreated: () => recreated++ })
    await publishAll(0, 5)
    await waitFor(() => seen.length === 5)
    await ctx.bus.jsm.streams.delete('METRICS')
    await ctx.bus.publish(subject, { n: 5 }, { deadlineMs: 15_000 })
    await waitFor(() => seen.length === 6, { timeoutMs: 15_000 })
    expect(seen[5]).toBe(5)
    expect(recreated).toBe(1)
  })

  it('goes on when its server-side consumer was removed', async () => {
    const { seen } = await read()
    await ctx.bus.publish(subject, { n: 0 })
    await waitFor(() => seen.length === 1)
    for await (const { name } of ctx.bus.jsm.consumers.list('METRICS'))
      await ctx.bus.jsm.consumers.delete('METRICS', name)
    await ctx.bus.publish(subject, { n: 1 })
    await waitFor(() => seen.length === 2, { timeoutMs: 15_000 })
    expect(seen).toEqual([0, 1])
  })

  it('keeps malformed messages as dead letters once, also when a restart reads them again', async () => {
    await ctx.bus.publish(subject, '{"n":')
    await ctx.bus.publish(subject, { n: 1 })
    await ctx.bus.publish(subject, { n: 'two' })
    const first = await read()
    await first.consumer.caughtUp
    await waitFor(async () => (await deadLetters(ctx, subject)).length === 2)
    await restart()
    // The ids are forgotten after the duplicate window; the position alone must do.
    await ctx.bus.jsm.streams.purge('DEAD_LETTERS')
    await ctx.bus.jsm.streams.delete('DEAD_LETTERS')
    await ctx.bus.ensureTopology()
    await ctx.bus.publish(subject, 'three')
    const second = await read()
    await second.consumer.caughtUp
    expect(second.seen).toEqual([1])
    const letters = await waitFor(async () => {
      const found = await deadLetters(ctx, subject)
      return found.length > 0 && found
    })
    await second.consumer.stop()
    expect(letters.map(({ reason, sequence }) => `${sequence} ${reason}`)).toEqual(['4 invalid_json'])
    expect(await metricOf(ctx, 'tocsin_messages_total', { outcome: 'refused' })).toBe(3)
  })

  it('reads buffers over without harm to what is refused, past any one request to the server', async () => {
    const bodyOf = (n: number, padding = ' '.repeat(40_000)) =>
      `${n % 40 === 7 ? '!' : ''}{"n":${n}}${padding}`
    for (let n = 0; n < 1200; n += 50)
      await Promise.all(
        numbers(n, n + 50).map((i) => ctx.bus.nc.request(subject, bodyOf(i), { timeout: 10_000 })),
      )
    const { seen, consumer } = await read({ keepsNoBytes: true })
    await consumer.caughtUp
    const wrong = numbers(0, 1200).filter((n) => n % 40 === 7)
    expect(seen).toEqual(numbers(0, 1200).filter((n) => !wrong.includes(n)))
    await waitFor(async () => (await deadLetters(ctx, subject)).length === wrong.length)
    const bodies = (await deadLetters(ctx, subject)).map(({ body }) => Buffer.from(body).toString())
    expect(bodies.sort()).toEqual(wrong.map((n) => bodyOf(n)).sort())
  }, 60_000)

  it('writes a dead letter at its next run when it was stopped before it could', async () => {
    const { consumer } = await read()
    await consumer.caughtUp
    await ctx.bus.jsm.streams.update('DEAD_LETTERS', { subjects: ['elsewhere'] })
    await ctx.bus.publish(subject, 'bad')
    await waitFor(async () => (await metricOf(ctx, 'tocsin_messages_total', { outcome: 'refused' })) === 1)
    await consumer.stop()
    await restart()
    expect(await deadLetters(ctx, subject)).toEqual([])
    await read()
    await waitFor(async () => (await deadLetters(ctx, subject)).length === 1)
  })

  it('only counts refusals when another service keeps the dead letters', async () => {
    await ctx.bus.publish(subject, 'bad')
    const { consumer } = await read({ deadLetters: false })
    await consumer.caughtUp
    expect(
      await metricOf(ctx, 'tocsin_dead_letters_total', { reason: 'invalid_json', written: 'false' }),
    ).toBe(1)
    await consumer.stop()
    expect(await deadLetters(ctx, subject)).toEqual([])
  })

  it('counts what is only to be counted, and keeps the rest of the same message', async () => {
    await ctx.bus.publish(subject, { n: 0 })
    const { consumer } = await read({}, (_n, delivery) => {
      delivery.refusePart({ reason: 'alike', detail: 'as the others', onlyCounted: true })
      delivery.refusePart({ reason: 'kept', detail: 'for once', body: 'part' })
    })
    await waitFor(async () => (await deadLetters(ctx, subject)).length > 0)
    await consumer.stop()
    expect((await deadLetters(ctx, subject)).map(({ reason }) => reason)).toEqual(['kept'])
    expect(await metricOf(ctx, 'tocsin_dead_letters_total', { reason: 'alike', written: 'false' })).toBe(1)
    expect(await metricOf(ctx, 'tocsin_messages_total', { outcome: 'part_refused' })).toBe(2)
  })

  it('stays at a message whose handling asks to try again, so that order is kept', async () => {
    let failures = 0
    const { seen, consumer } = await read({}, (n) => {
      if (n === 0 && failures++ < 2) throw new CodedError('busy', 'not yet', { retryable: true })
    })
    await ctx.bus.publish(subject, { n: 0 })
    await ctx.bus.publish(subject, { n: 1 })
    await waitFor(() => seen.includes(1))
    expect(seen).toEqual([0, 0, 0, 1])
    expect(consumer.sequence()).toBe(2)
  })

  it('waits for stages that need time, one message after the other', async () => {
    await publishAll(0, 50)
    let running = 0
    let most = 0
    const { seen, consumer } = await read({
      stages: pipeline(decodeJson, parseWith(sample), async ({ n }) => {
        most = Math.max(most, ++running)
        await new Promise((resolve) => setImmediate(resolve))
        seen.push(n)
        running--
      }),
    })
    await consumer.caughtUp
    expect(seen).toHaveLength(50)
    expect(most).toBe(1)
  })
})
