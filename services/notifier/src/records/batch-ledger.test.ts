import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BATCH_PREFIX, type Batch } from './batch.ts'
import { createBatchLedger } from './batch-ledger.ts'

const KEYS = ['a', 'b', 'c', 'd', 'e']
type Fate = 'stored' | 'failed but stored' | 'failed'

interface Message {
  readonly revision: number
  readonly name: string
  readonly batch: Batch
  /** How often the ledger had aged when it was removed. */
  removed?: number
}

const isBatch = ({ name }: Message) => name.startsWith(BATCH_PREFIX)

/** A bucket in memory, with a writer that goes by the ledger. */
function createSimulation() {
  /** All that was ever stored, in stream order. */
  const stream: Message[] = []
  /** Batches that were said to have failed, and what else was; callers have not repeated that yet. */
  let failed = new Set<string>()
  let failedAlone = new Map<string, string | undefined>()
  let ledger = createBatchLedger()
  let count = 0
  let ages = 0

  const present = () => stream.filter(({ removed }) => removed === undefined)

  function remove(message: Message): void {
    message.removed = ages
  }

  function store(name: string, batch: Batch): number {
    for (const message of present()) if (message.name === name) remove(message)
    stream.push({ revision: stream.length, name, batch })
    return stream.length - 1
  }

  function storeAlone(key: string, text: string | undefined, fate: Fate = 'stored'): void {
    ledger.beginAlone(key)
    if (fate !== 'failed') store(key, new Map([[key, text]]))
    if (fate === 'stored') {
      ledger.storedAlone(key, text === undefined)
      failedAlone.delete(key)
    } else failedAlone.set(key, text)
  }

  function storeTogether(batch: Batch, fate: Fate): void {
    const name = `${BATCH_PREFIX}${count++}`
    ledger.begin(name, batch)
    const revision = fate === 'failed' ? undefined : store(name, batch)
    if (fate === 'stored' && revision !== undefined) ledger.stored(name, revision)
    else failed.add(name)
  }

  function storeAll(records: Batch, fate: Fate): void {
    const together = new Map<string, string | undefined>()
    for (const [key, text] of records)
      if (ledger.isAlone(key)) storeAlone(key, text)
      else together.set(key, text)
    if (together.size > 0) storeTogether(together, fate)
  }

  function readBy(messages: readonly Message[]): Record<string, string | undefined> {
    const found = new Map<string, string | undefined>()
    for (const { batch } of messages) for (const [key, text] of batch) found.set(key, text)
    return Object.fromEntries(KEYS.map((key) => [key, found.get(key)]))
  }

  const wanted = (key: string, isPut: boolean) => isPut || ledger.isMentioned(key)
  const record = (isPut: boolean) => (isPut ? String(count++) : undefined)
  const takenBack = new Set<Message>()

  return {
    write(keys: readonly string[], puts: number, fate: Fate): void {
      const isPut = (key: string) => ((puts >> KEYS.indexOf(key)) & 1) === 1
      const due = keys.filter((key) => wanted(key, isPut(key)))
      storeAll(new Map(due.map((key) => [key, record(isPut(key))])), fate)
    },
    writeAlone(key: string, isPut: boolean, fate: Fate): void {
      if (wanted(key, isPut)) storeAlone(key, record(isPut), fate)
    },
    /** Writes anew what counts in a batch. */
    compact(nth: number): void {
      const batches = present().filter(isBatch)
      const message = batches[nth % batches.length]
      if (!message) return
      const { keys, of } = ledger.countedIn(message.name)
      expect(of).toBe(message.batch.size)
      storeAll(new Map(keys.map((key) => [key, message.batch.get(key)])), 'stored')
    },
    repeatFailed(): void {
      for (const [key, text] of failedAlone) storeAlone(key, text)
    },
    /** What has failed but was stored is taken back. */
    doubt(): void {
      for (const name of failed) {
        const message = present().find((one) => one.name === name)
        if (!message) ledger.dropped(name)
        else {
          ledger.doubted(name, message.revision)
          takenBack.add(message)
        }
      }
      failed = new Set()
    },
    wipe(nth: number): void {
      const [name, revision] = [...ledger.stale][nth % ledger.stale.size] ?? []
      const message = stream[revision ?? -1]
      if (name === undefined || !message) return
      remove(message)
      ledger.dropped(name)
    },
    wipeMarkers(): void {
      for (const message of present())
        if (!isBatch(message) && message.batch.get(message.name) === undefined)
          if (!ledger.needsMarker(message.name)) remove(message)
    },
    age(): void {
      ages++
      ledger.age()
    },
    /** Some of what was removed of late may be back, if the server has crashed too; but one message a name. */
    restart(back: readonly number[]): void {
      const ofLate = stream.filter(({ removed }) => removed !== undefined && removed >= ages - 1)
      for (const nth of back) delete ofLate[nth % ofLate.length]?.removed
      const newest = new Map(present().map((message) => [message.name, message]))
      for (const message of present()) if (newest.get(message.name) !== message) remove(message)
      ledger = createBatchLedger()
      failed = new Set()
      failedAlone = new Map()
      for (const message of present()) {
        takenBack.delete(message)
        if (isBatch(message)) {
          ledger.begin(message.name, message.batch)
          ledger.stored(message.name, message.revision)
        } else ledger.storedAlone(message.name, message.batch.get(message.name) === undefined)
      }
    },
    staleCount: () => ledger.stale.size,
    /** The newest of each key, by the messages that are left. */
    read: () => readBy(present()),
    /** The same, had nothing ever been removed but what was taken back. */
    expected: () =>
      readBy(stream.filter((message) => !takenBack.has(message) || message.removed === undefined)),
    /** Messages without which the others would say the same, but for those that the next write of their key replaces. */
    needless(): string[] {
      const order = present()
      return order.flatMap(({ name, batch }, at) => {
        if (batch.get(name) !== undefined) return []
        const isNeeded = [...batch].some(([key, text]) => {
          if (order.slice(at + 1).some((later) => later.batch.has(key))) return false
          return text !== undefined || order.slice(0, at).some((older) => older.batch.get(key) !== undefined)
        })
        return isNeeded ? [] : [name]
      })
    },
  }
}

type Simulation = ReturnType<typeof createSimulation>

interface Step {
  readonly name: string
  readonly with: unknown
  readonly run: (simulation: Simulation) => void
}

function step<T>(name: string, arbitrary: fc.Arbitrary<T>, run: (simulation: Simulation, value: T) => void) {
  return arbitrary.map((value): Step => ({ name, with: value, run: (simulation) => run(simulation, value) }))
}

const keys = fc.subarray(KEYS, { minLength: 1 })
const fate = fc.constantFrom<Fate>('stored', 'stored', 'stored', 'failed but stored', 'failed')
const writing = step('write', fc.tuple(keys, fc.nat({ max: 31 }), fate), (bucket, all) =>
  bucket.write(...all),
)
const writingAlone = step(
  'write alone',
  fc.tuple(fc.constantFrom(...KEYS), fc.boolean(), fate),
  (bucket, all) => bucket.writeAlone(...all),
)
const wiping = step('wipe', fc.nat({ max: 20 }), (bucket, nth) => bucket.wipe(nth))
const compacting = step('compact', fc.nat({ max: 20 }), (bucket, nth) => bucket.compact(nth))
const doubting = step('doubt', fc.constant(undefined), (bucket) => bucket.doubt())
const wipingMarkers = step('wipe markers', fc.constant(undefined), (bucket) => bucket.wipeMarkers())
const aging = step('age', fc.constant(undefined), (bucket) => bucket.age())
const restarting = step('restart', fc.array(fc.nat({ max: 20 })), (bucket, back) => bucket.restart(back))

const steps = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: writing },
    { weight: 2, arbitrary: writingAlone },
    { weight: 5, arbitrary: wiping },
    { weight: 2, arbitrary: compacting },
    { weight: 1, arbitrary: doubting },
    { weight: 1, arbitrary: wipingMarkers },
    { weight: 2, arbitrary: aging },
    { weight: 1, arbitrary: restarting },
  ),
  { maxLength: 60, size: 'max' },
)

describe('the ledger of batches', () => {
  it('never lets go of what a restart needs, and in the end of all else', () => {
    fc.assert(
      fc.property(steps, fc.array(fc.nat({ max: 20 })), (all, order) => {
        const bucket = createSimulation()
        for (const { run } of all) {
          run(bucket)
          expect(bucket.read()).toEqual(bucket.expected())
        }
        bucket.repeatFailed()
        bucket.doubt()
        for (let i = 0, ages = 0; ages < 40; ages++) {
          bucket.age()
          while (bucket.staleCount() > 0) bucket.wipe(order[i++] ?? 0)
          bucket.wipeMarkers()
        }
        expect(bucket.read()).toEqual(bucket.expected())
        expect(bucket.needless()).toEqual([])
      }),
      { numRuns: 1500 },
    )
  })

  const batch = (...entries: [key: string, text?: string][]) =>
    new Map(entries.map(([key, text]) => [key, text]))

  function open(...batches: readonly ReadonlyMap<string, string | undefined>[]) {
    const ledger = createBatchLedger()
    batches.forEach((one, i) => {
      ledger.begin(String(i), one)
      ledger.stored(String(i), i)
    })
    return ledger
  }

  it('keeps that a key is gone as long as any batch has a record of it, or had of late', () => {
    const ledger = open(batch(['a', '1'], ['b', '1']), batch(['a', '2'], ['b', '2']), batch(['a'], ['b']))
    expect([...ledger.stale]).toEqual([
      ['0', 0],
      ['1', 1],
    ])
    ledger.dropped('1')
    for (let i = 0; i < 3; i++) ledger.age()
    expect(ledger.countedIn('2').keys).toEqual(['a', 'b'])
    ledger.dropped('0')
    ledger.age()
    expect(ledger.stale.size).toBe(0)
    ledger.age()
    expect([...ledger.stale]).toEqual([['2', 2]])
  })

  it('keeps that a key is gone while a batch that failed may have a record of it', () => {
    const ledger = open()
    ledger.begin('failed', batch(['a', '1'], ['b', '1']))
    ledger.begin('removed', batch(['a'], ['b']))
    ledger.stored('removed', 7)
    for (let i = 0; i < 3; i++) ledger.age()
    expect(ledger.stale.size).toBe(0)
    ledger.doubted('failed', 6)
    expect([...ledger.stale]).toEqual([['failed', 6]])
    ledger.dropped('failed')
    for (let i = 0; i < 2; i++) ledger.age()
    expect([...ledger.stale]).toEqual([['removed', 7]])
  })

  it('takes nothing for certain of keys that were gone when it was read', () => {
    const ledger = open(batch(['a'], ['b', '1']))
    ledger.storedAlone('c', true)
    ledger.age()
    expect(ledger.countedIn('0').keys).toEqual(['a', 'b'])
    expect(ledger.needsMarker('c')).toBe(true)
    ledger.age()
    expect(ledger.countedIn('0').keys).toEqual(['b'])
    expect(ledger.needsMarker('c')).toBe(false)
  })

  it('asks for the marker of a key only where an older batch has a record of it', () => {
    const ledger = open(batch(['a', '1'], ['b', '1']))
    ledger.storedAlone('a', true)
    expect(ledger.needsMarker('a')).toBe(true)
    ledger.begin('later', batch(['a', '2'], ['c', '2']))
    ledger.stored('later', 9)
    expect(ledger.needsMarker('a')).toBe(false)
  })

  it('forgets what it held', () => {
    const ledger = open(batch(['a', '1'], ['b', '1']), batch(['a'], ['b']))
    ledger.beginAlone('c')
    ledger.storedAlone('c', true)
    for (let i = 0; i < 4; i++) {
      for (const name of ledger.stale.keys()) ledger.dropped(name)
      ledger.age()
    }
    for (const key of ['a', 'b', 'c'])
      expect(ledger.isMentioned(key) || ledger.isAlone(key) || ledger.needsMarker(key)).toBe(false)
    for (const name of ledger.stale.keys()) ledger.dropped(name)
    expect(ledger.countedIn('1')).toEqual({ keys: [], of: 0 })
  })
})
