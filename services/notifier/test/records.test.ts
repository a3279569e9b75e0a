import { setTimeout as delay } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { type Bus, systemClock } from '@tocsin/runtime'
import { failOnLeaks, waitFor } from '@tocsin/testkit'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { recordsOf } from '../src/records/batch.ts'
import { openRecords } from '../src/records/open-records.ts'
import type { RecordBucket } from '../src/records/record-bucket.ts'
import { type BusWorld, startBus } from './start-bus.ts'

failOnLeaks({ beforeAll, afterAll })

const STREAM = 'KV_groups'
/** Later than whatever is stored here. */
const LATER = Date.now() + 3_600_000

let world: BusWorld
let bus: Bus
beforeAll(async () => {
  world = await startBus()
  bus = world.bus
})
afterAll(() => world.stop())
beforeEach(() => bus.jsm.streams.purge(STREAM))

const open = () => openRecords({ bus, log: world.log, clock: systemClock })
const recordOf = (key: string, n: number) =>
  JSON.stringify({ key, n, text: 'as long as\nrecords are '.repeat(3) })
const keysOf = (count: number) => Array.from({ length: count }, (_, i) => `alert.${i}`)
const putAll = (records: RecordBucket, keys: readonly string[], n: number) =>
  Promise.all(keys.map((key) => records.put(key, recordOf(key, n))))

/** Of each message: how many records it has, and how many of these are the newest of their keys. */
async function shares(): Promise<readonly { readonly newest: number; readonly of: number }[]> {
  const messages: (readonly string[])[] = []
  const kv = await bus.kv('groups')
  for await (const { key, operation, value } of await kv.history({ key: '>' })) {
    const text = operation === 'PUT' ? Buffer.from(value).toString() : undefined
    messages.push([...recordsOf(key, text).keys()])
  }
  const at = new Map(messages.flatMap((keys, i) => keys.map((key) => [key, i] as const)))
  return messages.map((keys, i) => ({
    newest: keys.filter((key) => at.get(key) === i).length,
    of: keys.length,
  }))
}

async function messageCount(): Promise<number> {
  return (await bus.jsm.streams.info(STREAM)).state.messages
}

/** What the next writer reads, once this one has stopped. */
async function readAfter(records: RecordBucket): Promise<ReadonlyMap<string, string>> {
  await records.stop()
  return (await open()).takeLoaded('')
}

const theirRecords = (keys: readonly string[], n: number) =>
  new Map(keys.map((key) => [key, recordOf(key, n)]))

it('stores what is put at once in few messages, which the next writer reads', async () => {
  const records = await open()
  const keys = keysOf(2000)
  const long = JSON.stringify('long'.repeat(20_000))
  await Promise.all([putAll(records, keys, 1), records.put('group.long', long)])
  expect(await messageCount()).toBeLessThanOrEqual(5)
  expect((await (await bus.kv('groups')).get('group.long'))?.string()).toBe(long)
  expect(await readAfter(records)).toEqual(new Map([...theirRecords(keys, 1), ['group.long', long]]))
})

it('reads the newest of each key, and keeps none of the batches that nothing counts in', async () => {
  const records = await open()
  const keys = keysOf(300)
  for (let n = 1; n <= 40; n++) await putAll(records, n % 3 === 0 ? keys : keys.slice(0, n * 5), n)
  await waitFor(async () => (await messageCount()) === 2, { what: 'old batches to be wiped' })
  const newest = new Map([...theirRecords(keys, 39), ...theirRecords(keys.slice(0, 200), 40)])
  expect(await readAfter(records)).toEqual(newest)
})

it('what was removed stays so, reopened and tidied, until nothing is left of it', async () => {
  const keys = keysOf(100)
  const removed = keys.slice(0, 60)
  const left = theirRecords(keys.slice(60), 1)
  let records = await open()
  await putAll(records, keys, 1)
  await putAll(records, keys.slice(0, 10), 2)
  // One by itself, which leaves a marker, the others together, in a batch.
  await records.remove(removed.shift() ?? '')
  await Promise.all(removed.map((key) => records.remove(key)))
  expect(await readAfter(records)).toEqual(left)

  records = await open()
  await records.tidy(LATER)
  expect(await readAfter(records)).toEqual(left)

  // Old batches go first; what says that a key is gone follows once they are sure not to come back.
  records = await open()
  for (let i = 0; i < 2; i++) await records.tidy(LATER)
  expect(await messageCount()).toBe(1)
  await Promise.all([...left.keys()].map((key) => records.remove(key)))
  for (let i = 0; i < 2; i++) {
    expect(await readAfter(records)).toEqual(new Map())
    records = await open()
    await records.tidy(LATER)
  }
  await records.tidy(LATER)
  expect(await messageCount()).toBe(0)
})

it('tidies away what passes once it is old, and nothing that is still needed', async () => {
  const kv = await bus.kv('groups')
  const records = await open()
  await kv.put('webhook.old', '1')
  await records.put('alert.alone', recordOf('alert.alone', 1))
  await records.tidy(Date.now() - 3_600_000)
  expect((await kv.get('webhook.old'))?.string()).toBe('1')
  await records.tidy(LATER)
  expect(await kv.get('webhook.old')).toBeNull()
  expect(await readAfter(records)).toEqual(theirRecords(['alert.alone'], 1))
})

it('goes on after NATS was killed amid writes: what callers repeat is stored, and stays the newest', async () => {
  const TURNS = 120
  const newest = new Map<string, string>()
  let records = await open()
  let refused = 0
  let stored = 0

  async function repeat(task: () => Promise<void>): Promise<void> {
    for (;;) {
      try {
        await task()
        stored++
        return
      } catch {
        refused++
        await delay(20)
      }
    }
  }

  async function keepWriting(key: string, i: number): Promise<void> {
    for (let n = 1; n <= TURNS; n++)
      if ((n + i) % 7 === 0) {
        await repeat(() => records.remove(key))
        newest.delete(key)
      } else {
        await repeat(() => records.put(key, recordOf(key, n)))
        newest.set(key, recordOf(key, n))
      }
  }

  const keys = keysOf(50)
  const all = keys.length * TURNS
  const written = Promise.all(keys.map(keepWriting))
  for (const part of [0.2, 0.5]) {
    await waitFor(() => stored > all * part)
    const before = refused
    await world.nats.kill()
    await world.nats.restart()
    await waitFor(() => refused > before, { what: 'what was under way to be refused' })
  }
  await written
  expect(stored).toBe(all)

  expect(await readAfter(records)).toEqual(newest)

  // The server may have forgotten what it had wiped: the next writer wipes it again, until most of what each message has
  // counts. How many messages that leaves depends on what was written together last.
  records = await open()
  for (let i = 0; i < 2; i++) await records.tidy(LATER)
  for (const { newest: counted, of } of await shares()) expect(counted * 2).toBeGreaterThan(of)
  expect(await readAfter(records)).toEqual(newest)
})

it('can be followed while old batches are wiped: nothing is passed over', async () => {
  const kv = await bus.kv('groups')
  const records = await open()
  const keys = keysOf(100)
  await putAll(records, keys, 0)

  async function startFollowing() {
    const followed = new Map<string, string>()
    const watch = await kv.watch()
    const follow = async () => {
      for await (const entry of watch)
        for (const [key, text] of recordsOf(
          entry.key,
          entry.operation === 'PUT' ? entry.string() : undefined,
        ))
          if (text !== undefined) followed.set(key, text)
    }
    const ended = follow()
    const stop = () => {
      watch.stop()
      return ended
    }
    return { followed, stop }
  }

  const followers: Awaited<ReturnType<typeof startFollowing>>[] = []
  for (let n = 1; n <= 300; n++) {
    const written = putAll(records, keys.slice(n % 10), n)
    if (n % 50 === 0) followers.push(await startFollowing())
    await written
  }
  const newest = theirRecords(keys, 300)
  for (const { followed } of followers)
    await waitFor(() => isDeepStrictEqual(followed, newest), { what: 'a follower to have heard of all' })
  await Promise.all(followers.map(({ stop }) => stop()))
  expect(await readAfter(records)).toEqual(newest)
})

it('stops for the next writer: nothing more comes from this one', async () => {
  const records = await open()
  const keys = keysOf(200)
  await putAll(records, keys, 1)
  const late = Promise.allSettled([putAll(records, keys, 2), records.tidy(LATER)])
  const before = await readAfter(records)
  await late
  await expect(records.put('alert.0', recordOf('alert.0', 3))).rejects.toMatchObject({ code: 'stopping' })
  expect(await readAfter(records)).toEqual(before)
})
