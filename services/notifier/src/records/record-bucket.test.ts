import { setImmediate as nextTurn } from 'node:timers/promises'
import { waitFor } from '@tocsin/testkit'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createFaultyBucket, type Fate, type Fault } from '../../test/faulty-bucket.ts'
import { BATCH_PREFIX, recordsOf } from './batch.ts'
import { openRecordBucket, type RecordBucket } from './record-bucket.ts'

const DONE: Fault = { fate: 'done', turns: 1 }
const ALL = Number.POSITIVE_INFINITY

type Bucket = ReturnType<typeof createFaultyBucket>

const open = ({ deps }: Bucket, mayAct = () => true): Promise<RecordBucket> =>
  openRecordBucket({ ...deps, mayAct, onFault() {} })

const batchesIn = ({ messages }: Bucket) =>
  messages()
    .map(({ key }) => key)
    .filter((key) => key.startsWith(BATCH_PREFIX))

describe('a bucket of records', () => {
  it('stores together what is written within a turn, and what is written while that is under way', async () => {
    const bucket = createFaultyBucket(() => DONE)
    const records = await open(bucket)
    const first = ['a', 'b', 'c'].map((key) => records.put(key, '1'))
    await nextTurn()
    const second = ['a', 'd', 'e'].map((key) => records.put(key, '2'))
    await Promise.all([...first, ...second])
    expect(bucket.sent).toHaveLength(2)
    await waitFor(() => batchesIn(bucket).length === 2)
    expect([...(await open(bucket)).takeLoaded('')].sort()).toEqual([
      ['a', '2'],
      ['b', '1'],
      ['c', '1'],
      ['d', '2'],
      ['e', '2'],
    ])
  })

  it('stores the newest of what is written twice at once, and tells both', async () => {
    const bucket = createFaultyBucket(() => DONE)
    const records = await open(bucket)
    await Promise.all([
      records.put('a', '1'),
      records.put('b', '1'),
      records.put('a', '2'),
      records.remove('b'),
    ])
    expect((await open(bucket)).takeLoaded('')).toEqual(new Map([['a', '2']]))
  })

  it('answers what was loaded once', async () => {
    const bucket = createFaultyBucket(() => DONE)
    const before = await open(bucket)
    await Promise.all([before.put('alert.a', '1'), before.put('group.a', '2')])
    const records = await open(bucket)
    expect(records.takeLoaded('alert.')).toEqual(new Map([['alert.a', '1']]))
    expect(records.takeLoaded('')).toEqual(new Map([['group.a', '2']]))
  })

  it('refuses no record because of another that came along', async () => {
    const bucket = createFaultyBucket(() => DONE)
    const put = bucket.deps.kv.put
    bucket.deps.kv.put = (key, ...rest) =>
      key === 'long' ? Promise.reject(new Error('too long')) : put(key, ...rest)
    const records = await open(bucket)
    const long = records.put('long', 'x'.repeat(100_000))
    const others = [records.put('a', '1'), records.put('b', '1')]
    await expect(long).rejects.toThrow('too long')
    await Promise.all(others)
  })

  it('does not ask for more than there is to remove, or may be again', async () => {
    const bucket = createFaultyBucket(() => DONE)
    const records = await open(bucket)
    await records.put('a', '1')
    await records.remove('a')
    await records.remove('b')
    expect(bucket.sent).toEqual(['a', 'a'])
    for (let i = 0; i < 2; i++) {
      expect(bucket.messages()).toHaveLength(1)
      await records.tidy(ALL)
    }
    expect(bucket.messages()).toHaveLength(0)
    await records.remove('a')
    expect(bucket.sent).toEqual(['a', 'a'])
  })

  it('wipes what nothing counts in also while it is never idle', async () => {
    const bucket = createFaultyBucket(() => DONE)
    const records = await open(bucket)
    let isBusy = true
    const writer = async (turn: number): Promise<void> => {
      for (let i = turn; isBusy; i += 2)
        await Promise.all([records.put('a', `${i}`), records.put('b', `${i}`)])
    }
    const writers = [writer(0), nextTurn().then(() => writer(1))]
    await waitFor(() => bucket.sent.length > 1500)
    expect(batchesIn(bucket).length).toBeLessThan(1200)
    isBusy = false
    await Promise.all(writers)
    await waitFor(() => batchesIn(bucket).length === 1)
  })

  it('sends nothing as soon as another may be the writer', async () => {
    const bucket = createFaultyBucket(() => DONE)
    let mayAct = true
    const records = await open(bucket, () => mayAct)
    await Promise.all([records.put('a', '1'), records.put('b', '1'), records.put('c', '1')])
    await Promise.all([records.put('a', '2'), records.put('b', '2')])
    const { length } = bucket.sent
    mayAct = false
    const refused = [records.put('a', '3'), records.remove('b'), records.tidy(ALL)]
    for (const one of refused) await expect(one).rejects.toMatchObject({ code: 'stopping', retryable: true })
    expect(bucket.sent).toHaveLength(length)
  })

  it('stops once what it has sent has arrived, and refuses what waits', async () => {
    const bucket = createFaultyBucket(() => ({ fate: 'done', turns: 5 }))
    const records = await open(bucket)
    const sent = records.put('a', '1')
    while (bucket.sent.length === 0) await nextTurn()
    const refused = expect(records.put('a', '2')).rejects.toMatchObject({ code: 'stopping' })
    await records.stop()
    expect(bucket.textOf('a')).toBe('1')
    await Promise.all([sent, refused])
    await expect(records.put('a', '3')).rejects.toMatchObject({ code: 'stopping' })
    await records.stop()
  })

  it('wipes nothing after its stop: what it doubts may be what its successor has read', async () => {
    const bucket = createFaultyBucket(() => DONE)
    const wiping = Promise.withResolvers<void>()
    const wiped: number[] = []
    bucket.deps.wipe = (revision) => {
      wiped.push(revision)
      return wiping.promise
    }
    const records = await open(bucket)
    for (const text of ['1', '2', '3']) await Promise.all([records.put('a', text), records.put('b', text)])
    await waitFor(() => wiped.length === 1)
    let isStopped = false
    const stopped = records.stop().then(() => {
      isStopped = true
    })
    await nextTurn()
    expect(isStopped).toBe(false)
    wiping.resolve()
    await stopped
    await nextTurn()
    expect(wiped).toEqual([1])
  })

  it('replaces a record that is stored by itself, and stores what is written with it together', async () => {
    const bucket = createFaultyBucket(() => DONE)
    const records = await open(bucket)
    await records.put('a', '1')
    await Promise.all(['a', 'b', 'c'].map((key) => records.put(key, '2')))
    expect(bucket.textOf('a')).toBe('2')
    expect(bucket.messages()).toHaveLength(2)
  })

  it('takes back what failed and was stored after all, once that has arrived for certain', async () => {
    let next = DONE
    const bucket = createFaultyBucket(() => next)
    const records = await open(bucket)
    const fail = async (fault: Fault) => {
      next = fault
      const failed = [records.put('a', 'failed'), records.put('b', 'failed')]
      for (const one of failed) await expect(one).rejects.toThrow(fault.fate)
      next = DONE
      return bucket.sent.at(-1) ?? ''
    }
    const first = await fail({ fate: 'late', turns: 50 })
    await fail({ fate: 'lost', turns: 1 })
    await records.tidy(ALL)
    // Were they wiped now, they would come behind that.
    const second = await fail({ fate: 'late', turns: 50 })
    await Promise.all([records.put('a', '1'), records.put('b', '1')])
    await Promise.all([records.remove('a'), records.remove('b')])
    expect((await open(bucket)).takeLoaded('').size).toBe(0)
    await records.tidy(ALL)
    await waitFor(() => !batchesIn(bucket).includes(first))
    expect(batchesIn(bucket)).toContain(second)
    for (let i = 0; i < 4; i++) await records.tidy(ALL)
    await waitFor(() => bucket.messages().length === 0)
  })
})

const KEYS = ['a', 'b', 'c', 'd', 'e', 'f']

interface Task {
  readonly isPut: boolean
  /** How often it is repeated when it fails. */
  readonly tries: number
  readonly pause: number
}

interface Life {
  readonly tasks: readonly (readonly Task[])[]
  readonly tidyings: number
  /** Of a crash, after how many turns of the event loop it comes. */
  readonly crash: number | undefined
  /** What the server forgets to have removed, if it crashes in the end. */
  readonly back: readonly number[] | undefined
}

const task = fc.record({
  isPut: fc.boolean(),
  tries: fc.constantFrom(1, 50, 50),
  pause: fc.nat({ max: 8 }),
})
const life: fc.Arbitrary<Life> = fc.record({
  tasks: fc.array(fc.array(task, { maxLength: 12, size: 'max' }), {
    minLength: KEYS.length,
    maxLength: KEYS.length,
  }),
  tidyings: fc.nat({ max: 4 }),
  crash: fc.option(fc.nat({ max: 60 }), { nil: undefined }),
  back: fc.option(fc.array(fc.nat({ max: 20 })), { nil: undefined }),
})
const fault = fc.record({
  fate: fc.constantFrom<Fate>('done', 'done', 'done', 'done', 'done', 'lost', 'late', 'unanswered'),
  turns: fc.oneof({ weight: 5, arbitrary: fc.nat({ max: 3 }) }, fc.nat({ max: 30 })),
})

/** What the bucket may say of each key: first what it said last or has acknowledged since, then whatever was tried after. */
type Possible = Map<string, Set<string | undefined>>

async function live(
  bucket: Bucket,
  possible: Possible,
  { tasks, tidyings, crash, back }: Life,
): Promise<void> {
  let isAlive = true
  let count = 0
  const records = await open(bucket, () => isAlive)
  const loaded = records.takeLoaded('')
  for (const key of KEYS) {
    const [known, ...tried] = possible.get(key) ?? []
    const text = loaded.get(key)
    expect([known, ...tried]).toContain(text)
    // What was tried in vain may still come, from a server that forgets that it was wiped.
    if (text !== known) possible.set(key, new Set([text]))
  }

  async function write(key: string, { isPut, tries }: Task): Promise<void> {
    const text = isPut ? `${key} ${loaded.get(key) ?? ''}${count++}` : undefined
    for (let i = 0; i < tries && isAlive; i++) {
      possible.get(key)?.add(text)
      try {
        await (text === undefined ? records.remove(key) : records.put(key, text))
        possible.set(key, new Set([text]))
        return
      } catch {
        await nextTurn()
      }
    }
  }

  async function writeAll(key: string, all: readonly Task[]): Promise<void> {
    for (const one of all) {
      for (let i = 0; i < one.pause; i++) await nextTurn()
      await write(key, one)
    }
  }

  async function tidyAll(): Promise<void> {
    let harden = () => {}
    for (let i = 0; i < tidyings && isAlive; i++) {
      for (let turn = 0; turn < 10; turn++) await nextTurn()
      harden()
      harden = bucket.hardening()
      const arrived = bucket.arrived()
      await records.tidy(ALL).catch(() => {})
      await arrived
    }
  }

  async function end(): Promise<void> {
    for (let i = 0; i < (crash ?? 0); i++) await nextTurn()
    if (crash !== undefined) isAlive = false
  }

  await Promise.all([...KEYS.map((key, i) => writeAll(key, tasks[i] ?? [])), tidyAll(), end()])
  await records.stop()
  await bucket.arrived()
  if (back) bucket.crash(back)
}

describe('a bucket of records, whatever fails and whenever its writer ends', () => {
  it('says the newest of each key to the next writer, and keeps nothing else', {
    timeout: 120_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(life, { minLength: 1, maxLength: 4 }),
        fc.array(fault, { minLength: 1, maxLength: 200, size: 'max' }),
        async (lives, faults) => {
          let at = 0
          let isFaulty = true
          const bucket = createFaultyBucket(
            () => (isFaulty ? faults[at++ % faults.length] : undefined) ?? DONE,
          )
          const possible: Possible = new Map(KEYS.map((key) => [key, new Set([undefined])]))
          for (const one of lives) await live(bucket, possible, one)
          isFaulty = false
          const last = await open(bucket)
          for (let i = 0; i < 12; i++) await last.tidy(ALL)
          await waitFor(() => needless(bucket).length === 0, { what: 'all that is needless to be wiped' })
          await last.stop()
          await live(bucket, possible, { tasks: [], tidyings: 0, crash: undefined, back: undefined })
        },
      ),
      { numRuns: 400 },
    )
  })
})

/** Messages without which the others would say the same, but for those that the next write of their key replaces. */
function needless({ messages }: Bucket): string[] {
  const order = messages().map(({ key, text }) => ({ name: key, records: recordsOf(key, text) }))
  return order.flatMap(({ name, records }, at) => {
    if (records.get(name) !== undefined) return []
    const isNeeded = [...records].some(([key, text]) => {
      if (order.slice(at + 1).some((later) => later.records.has(key))) return false
      return text !== undefined || order.slice(0, at).some((older) => older.records.get(key) !== undefined)
    })
    return isNeeded ? [] : [name]
  })
}
