import { createSubjects } from '@tocsin/contract'
import type { Bus, Log } from '@tocsin/runtime'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { requeue } from '../src/work/requeue.ts'
import { takeOverConsumer } from '../src/work/take-over-consumer.ts'
import { type BusWorld, startBus } from './start-bus.ts'

const subject = createSubjects().outbox('webhook')
const wanted = {
  stream: 'OUTBOX',
  name: 'notifier-webhook',
  filterSubject: subject,
  workQueue: true,
} as const

let world: BusWorld
let bus: Bus
let log: Log
beforeAll(async () => {
  world = await startBus()
  bus = world.bus
  log = world.log
})
afterAll(() => world.stop())

/** Reads what a consumer has, and acknowledges those that `take` names. */
async function read(durable: string, count: number, take: readonly string[]): Promise<string[]> {
  const consumer = await bus.js.consumers.get(bus.streamName('OUTBOX'), durable)
  const messages = []
  for await (const message of await consumer.fetch({ max_messages: count, expires: 1000 }))
    messages.push(message)
  // The newest first: it is the order in which a server of 2.9 loses sight of the oldest.
  for (const message of messages.toReversed()) if (take.includes(message.string())) await message.ackAck()
  return messages.map((message) => message.string())
}

it('finds every message that a predecessor left, whatever order others were acknowledged in', async () => {
  for (const text of ['a', 'b', 'c', 'd', 'e']) await bus.publish(subject, text, { msgId: text })
  await bus.publish(createSubjects().outbox('email'), 'of another channel')
  const first = await takeOverConsumer(bus, log, wanted)
  expect(await read(first, 5, ['b', 'd', 'e'])).toEqual(['a', 'b', 'c', 'd', 'e'])
  const second = await takeOverConsumer(bus, log, wanted)
  expect(await read(second, 2, ['c'])).toEqual(['a', 'c'])
  await bus.publish(subject, 'f', { msgId: 'f' })
  const third = await takeOverConsumer(bus, log, wanted)
  expect(await read(third, 2, ['a', 'f'])).toEqual(['a', 'f'])
  const { state } = await bus.jsm.streams.info(bus.streamName('OUTBOX'))
  expect(state.messages).toBe(1)
  // Six were published: what was left has numbers past those, where a consumer made later is sure to look.
  expect(state.last_seq).toBeGreaterThan(6 + 1)
})

it('keeps the order of what a predecessor had moved half-way when it died, and drops what is there twice', async () => {
  const other = createSubjects().outbox('slack')
  for (const text of ['a', 'b', 'c', 'd']) await bus.publish(other, text, { msgId: `other-${text}` })
  const stream = bus.streamName('OUTBOX')
  // Dies once it has moved two and a half: the third is in the queue twice.
  let deletions = 0
  const dying = {
    ...bus,
    jsm: {
      ...bus.jsm,
      streams: {
        info: bus.jsm.streams.info.bind(bus.jsm.streams),
        getMessage: bus.jsm.streams.getMessage.bind(bus.jsm.streams),
        deleteMessage: (name: string, seq: number) =>
          ++deletions > 2
            ? Promise.reject(new Error('killed'))
            : bus.jsm.streams.deleteMessage(name, seq, false),
      },
    },
  } as unknown as Bus
  await expect(requeue(dying, log, stream, other)).rejects.toThrow('killed')
  expect(await requeue(bus, log, stream, other)).toBe(4)
  const durable = await takeOverConsumer(bus, log, {
    stream: 'OUTBOX',
    name: 'notifier-slack',
    filterSubject: other,
    workQueue: true,
  })
  expect(await read(durable, 5, ['a', 'b', 'c', 'd'])).toEqual(['a', 'b', 'c', 'd'])
})
