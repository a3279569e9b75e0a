import { failOnLeaks, type Server, startNats, waitFor } from '@tocsin/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import {
  CodedError,
  consumeDurable,
  type Delivery,
  type DurableOptions,
  decodeJson,
  done,
  parseWith,
  pipeline,
  type RunningService,
} from '../src/mod.ts'
import { type BareContext, startBare } from './bare-service.ts'
import { deadLetters, metricOf } from './observe.ts'

failOnLeaks({ beforeAll, afterAll })
const order = z.object({ n: z.number() })
let nats: Server
let ctx: BareContext
let service: RunningService

beforeAll(async () => {
  nats = await startNats()
  const started = await startBare(nats.url, { MAX_EVENT_BYTES: '2048' })
  ctx = started.ctx
  service = started.service
})
afterAll(async () => {
  await service.stop()
  await nats.stop()
})

/** A consumer of its own subject for each test. */
let count = 0
async function consume(
  handle: (value: { n: number }, delivery: Delivery) => unknown,
  more: Partial<DurableOptions> = {},
) {
  const name = `test-${++count}`
  const subject = ctx.bus.subjects.health(name, 'x')
  const consumer = await consumeDurable(ctx, {
    stream: 'HEALTH',
    durable: name,
    filterSubject: subject,
    stages: pipeline(decodeJson, parseWith(order), async (value, delivery) => handle(value, delivery)),
    limits: { firstDelayMs: 10, mostDelayMs: 50, maxDeliveries: 3 },
    ...more,
  })
  const info = () => ctx.bus.jsm.consumers.info('HEALTH', name)
  const settled = () =>
    waitFor(
      async () => {
        const { num_pending, num_ack_pending } = await info()
        return num_pending === 0 && num_ack_pending === 0
      },
      { what: 'every message to be settled' },
    )
  return {
    name,
    subject,
    consumer,
    settled,
    info,
    outcome: (outcome: string, reason: string) =>
      metricOf(ctx, 'tocsin_messages_total', { consumer: name, outcome, reason }),
  }
}

describe('a durable consumer', () => {
  it('acknowledges what is handled, and counts it by the reason it was done', async () => {
    const seen: number[] = []
    const test = await consume(({ n }) => {
      seen.push(n)
      return n === 2 ? done('skipped') : undefined
    })
    await ctx.bus.publish(test.subject, { n: 1 })
    await waitFor(() => seen.length === 1)
    await ctx.bus.publish(test.subject, { n: 2 })
    await waitFor(() => seen.length === 2)
    await test.settled()
    expect(await test.outcome('acked', 'ok')).toBe(1)
    expect(await test.outcome('acked', 'skipped')).toBe(1)
    await test.consumer.stop()
  })

  it('brings a message back after a retryable error, for as long as it takes', async () => {
    const deliveries: number[] = []
    const test = await consume((_value, delivery) => {
      deliveries.push(delivery.deliveryCount)
      if (delivery.deliveryCount < 5) throw new CodedError('smtp_busy', 'later', { retryable: true })
    })
    await ctx.bus.publish(test.subject, { n: 1 })
    await waitFor(() => deliveries.length === 5)
    await test.settled()
    expect(deliveries).toEqual([1, 2, 3, 4, 5])
    expect(await test.outcome('retried', 'smtp_busy')).toBe(4)
    expect(await deadLetters(ctx, test.subject)).toEqual([])
    await test.consumer.stop()
  })

  it('keeps what it refuses as a dead letter, with the reason and the bytes as they came', async () => {
    const test = await consume(() => {})
    const bad = [
      ['{"n": 1', 'invalid_json'],
      ['{"n": "one"}', 'invalid_schema'],
      [new Uint8Array([0xff, 0xfe, 0x00]), 'invalid_utf8'],
      ['x'.repeat(4096), 'too_large'],
    ] as const
    for (const [payload, reason] of bad) {
      await ctx.bus.publish(test.subject, payload, { headers: { 'X-From': 'tests' } })
      const letter = await waitFor(async () =>
        (await deadLetters(ctx, test.subject)).find((l) => l.reason === reason),
      )
      expect(letter.body).toEqual(typeof payload === 'string' ? new TextEncoder().encode(payload) : payload)
      expect(letter).toMatchObject({ stream: 'HEALTH', service: 'bare', from: 'tests', cut: '' })
      expect(letter.subject).toBe(ctx.bus.subjects.deadLetter('bare', reason))
      await test.settled()
      expect(await test.outcome('refused', reason)).toBe(1)
    }
    await test.consumer.stop()
  })

  it('counts what is only to be counted, and keeps the rest of the same message', async () => {
    const test = await consume((_value, delivery) => {
      delivery.refusePart({ reason: 'alike', detail: 'as the others', onlyCounted: true })
      delivery.refusePart({ reason: 'kept', detail: 'for once', body: 'part' })
    })
    await ctx.bus.publish(test.subject, { n: 1 })
    await test.settled()
    await waitFor(async () => (await deadLetters(ctx, test.subject)).length > 0)
    expect((await deadLetters(ctx, test.subject)).map(({ reason }) => reason)).toEqual(['kept'])
    await test.consumer.stop()
  })

  it('keeps a message of 10 MB that is over the limit, whole', async () => {
    const test = await consume(() => {})
    const body = new Uint8Array(10 * 1024 * 1024).fill(65)
    await ctx.bus.publish(test.subject, body)
    const [letter] = await waitFor(async () => {
      const letters = await deadLetters(ctx, test.subject)
      return letters.length > 0 && letters
    })
    expect(letter?.reason).toBe('too_large')
    expect(letter?.body.byteLength).toBe(body.byteLength)
    await test.settled()
    await ctx.bus.jsm.streams.purge('DEAD_LETTERS')
    await test.consumer.stop()
  })

  it('cuts a dead letter that does not fit into a message, and says so', async () => {
    const test = await consume(() => {})
    const most = 16 * 1024 * 1024
    await ctx.bus.publish(test.subject, new Uint8Array(most - 400))
    const [letter] = await waitFor(async () => {
      const letters = await deadLetters(ctx, test.subject)
      return letters.length > 0 && letters
    })
    expect(letter?.cut).toBe(`${letter?.body.byteLength}/${most - 400}`)
    await ctx.bus.jsm.streams.purge('DEAD_LETTERS')
    await test.consumer.stop()
  })

  it('takes an error that says nothing of itself for the message’s fault after some deliveries', async () => {
    let tries = 0
    const test = await consume(() => {
      tries++
      throw new TypeError('undefined is not a function')
    })
    await ctx.bus.publish(test.subject, { n: 1 })
    const [letter] = await waitFor(async () => {
      const letters = await deadLetters(ctx, test.subject)
      return letters.length > 0 && letters
    })
    expect(tries).toBe(3)
    expect(letter).toMatchObject({
      reason: 'handler_failed',
      detail: 'failed 3 times: undefined is not a function',
    })
    await test.consumer.stop()
  })

  it('keeps a refused part as a dead letter, while the rest goes on', async () => {
    const test = await consume((_value, delivery) => {
      delivery.refusePart({ reason: 'invalid_name', detail: 'second of two', body: '{"name":"a b"}' })
      delivery.refusePart({ reason: 'invalid_name', detail: 'third of three', body: '{"name":""}' })
    })
    await ctx.bus.publish(test.subject, { n: 1 })
    const letters = await waitFor(async () => {
      const found = await deadLetters(ctx, test.subject)
      return found.length === 2 && found
    })
    expect(letters.map(({ detail }) => detail)).toEqual(['second of two', 'third of three'])
    await test.settled()
    expect(await test.outcome('acked', 'ok')).toBe(1)
    expect(await test.outcome('part_refused', 'invalid_name')).toBe(2)
    await test.consumer.stop()
  })

  it('tells the server that a slow message is still in hand', async () => {
    let begun = 0
    const release = Promise.withResolvers<void>()
    const test = await consume(
      () => {
        begun++
        return release.promise
      },
      { ackWaitMs: 1200 },
    )
    await ctx.bus.publish(test.subject, { n: 1 })
    await waitFor(() => begun === 1)
    const before = performance.now()
    await waitFor(() => performance.now() - before > 2000)
    release.resolve()
    await test.settled()
    expect(begun).toBe(1)
    expect((await test.info()).num_redelivered).toBe(0)
    await test.consumer.stop()
  })

  it('brings back a message whose handling hangs, and aborts its signal', async () => {
    const aborted: unknown[] = []
    const test = await consume(
      (_value, { deliveryCount, signal }) => {
        if (deliveryCount > 1) return undefined
        return new Promise(() => signal.addEventListener('abort', () => aborted.push(signal.reason)))
      },
      { handlingTimeoutMs: 50 },
    )
    await ctx.bus.publish(test.subject, { n: 1 })
    await waitFor(() => aborted.length === 1)
    await test.settled()
    expect(await test.outcome('retried', 'handling_timeout')).toBe(1)
    await test.consumer.stop()
  })

  it('finishes what it has taken when it stops', async () => {
    const release = Promise.withResolvers<void>()
    const handled: number[] = []
    const test = await consume(
      async ({ n }) => {
        await release.promise
        handled.push(n)
      },
      { stream: 'ALERTS', filterSubject: ctx.bus.subjects.alert('firing', 'stopping'), durable: 'stopping' },
    )
    const info = () => ctx.bus.jsm.consumers.info('ALERTS', 'stopping')
    for (let n = 0; n < 5; n++) await ctx.bus.publish(ctx.bus.subjects.alert('firing', 'stopping'), { n })
    await waitFor(async () => (await info()).num_ack_pending === 5)
    const stopped = test.consumer.stop()
    release.resolve()
    await stopped
    expect(handled).toEqual([0, 1, 2, 3, 4])
    await waitFor(async () => (await info()).num_ack_pending === 0)
  })

  it('goes on after the server was killed and came back, losing nothing', async () => {
    const handled = new Set<number>()
    const subject = ctx.bus.subjects.alert('firing', 'restart')
    const test = await consume(({ n }) => void handled.add(n), {
      stream: 'ALERTS',
      filterSubject: subject,
      durable: 'restart',
      concurrency: 4,
    })
    for (let n = 0; n < 20; n++) await ctx.bus.publish(subject, { n })
    await nats.kill()
    const late = Promise.all(Array.from({ length: 20 }, (_, n) => ctx.bus.publish(subject, { n: 20 + n })))
    await nats.restart()
    await late
    await waitFor(() => handled.size === 40, { timeoutMs: 15_000, what: 'all 40 messages' })
    await test.consumer.stop()
  })

  it('begins anew when its stream was removed', async () => {
    const handled: number[] = []
    const subject = ctx.bus.subjects.capacityRisk('disk')
    const test = await consume(({ n }) => void handled.push(n), {
      stream: 'CAPACITY',
      filterSubject: subject,
      durable: 'anew',
    })
    await ctx.bus.publish(subject, { n: 1 })
    await waitFor(() => handled.length === 1)
    await ctx.bus.jsm.streams.delete('CAPACITY')
    await ctx.bus.publish(subject, { n: 2 }, { deadlineMs: 15_000 })
    await waitFor(() => handled.length === 2, { timeoutMs: 15_000 })
    expect(handled).toEqual([1, 2])
    await test.consumer.stop()
  })
})
