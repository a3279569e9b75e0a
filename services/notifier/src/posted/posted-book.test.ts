import type { AlertEvent, PostedAlert, PostedAlerts } from '@tocsin/contract'
import { CodedError, createLog, RefusedError } from '@tocsin/runtime'
import { testClock } from '@tocsin/testkit'
import { describe, expect, it } from 'vitest'
import { createPostedBook } from './posted-book.ts'
import type { PostedRecord } from './posted-record.ts'

const NOW = Date.UTC(2026, 2, 1, 12)
const at = (minutes: number) => new Date(NOW + minutes * 60_000).toISOString()
const alert = (alertname: string, endsAt = at(5)): PostedAlert => ({
  labels: { alertname },
  annotations: {},
  startsAt: at(-1),
  endsAt,
  timeout: false,
  generatorURL: '',
})
let requests = 0
const request = (...alerts: PostedAlert[]): PostedAlerts => ({
  v: 1,
  id: String(requests++),
  time: at(0),
  source: 'test',
  alerts,
})

/** A book that writes down what it does; `takeIn` may fail. */
function createTriedBook(
  takeIn: (event: AlertEvent, tries: number) => void = () => {},
  { known = new Map<string, PostedRecord>(), nowMs = NOW } = {},
) {
  const did: string[] = []
  const tries = new Map<string, number>()
  const clock = testClock(nowMs)
  let place = 0
  const named = ({ state, alertname }: AlertEvent) => `${state} ${alertname}`
  const book = createPostedBook({
    store: {
      load: () => [...known.values()],
      put(record) {
        did.push(`knows ${record.alert.labels['alertname']}`)
        known.set(record.fingerprint, record)
        return Promise.resolve()
      },
      forget: () => Promise.resolve(),
    },
    publish: () => Promise.resolve(++place),
    takeIn(event) {
      const count = (tries.get(event.id) ?? 0) + 1
      tries.set(event.id, count)
      takeIn(event, count)
      did.push(named(event))
      return Promise.resolve('sent')
    },
    refuse(event, { code }) {
      did.push(`refuses ${named(event)}: ${code}`)
      return Promise.resolve()
    },
    clock,
    log: createLog({ service: 'test', version: '0', level: 'silent' }),
    resolveTimeoutMs: () => 5 * 60_000,
    onKnown() {},
    taken() {},
    mayAct: () => true,
    signal: new AbortController().signal,
  })
  return { book, did, clock, known }
}

/** The same book, as a process has it that takes up the work this many minutes later. */
async function takenOverAfter(minutes: number, known: Map<string, PostedRecord>) {
  const next = createTriedBook(() => {}, { known, nowMs: NOW + minutes * 60_000 })
  await next.book.restore()
  next.did.length = 0
  return next
}

describe('the book of posted alerts', () => {
  it('knows an alert once it is told: a crash in between tells the same again', async () => {
    const { book, did } = createTriedBook()
    await book.take(request(alert('A')))
    await book.take(request(alert('A', at(-1))))
    expect(did).toEqual(['firing A', 'knows A', 'resolved A', 'knows A'])
  })

  it('names transitions for their request, wherever in the queue that comes again', async () => {
    const ids: string[] = []
    const { book } = createTriedBook(({ id }) => void ids.push(id))
    const posted = request(alert('A'), alert('B'))
    await book.take(posted)
    const { book: next } = createTriedBook(({ id }) => void ids.push(id))
    await next.take(posted)
    expect(ids.slice(2)).toEqual(ids.slice(0, 2))
  })

  it('tells an end behind its beginning, though that comes behind it, as out of a queue that was put in order again', async () => {
    const { book, did } = createTriedBook()
    await book.take({ ...request(alert('A', at(-1))), time: at(1) })
    expect(did).toEqual(['knows A'])
    await book.take(request(alert('A')))
    await book.take(request(alert('A')))
    expect(did).toEqual(['knows A', 'firing A', 'resolved A', 'knows A'])
  })

  it('does so for an alert that has ended before as well, and repeats nothing of that', async () => {
    const { book, did } = createTriedBook()
    const first = request(alert('A'))
    await book.take(first)
    await book.take({ ...request(alert('A', at(1))), time: at(1) })
    did.length = 0
    const again = (endsAt: number) => ({ ...alert('A', at(endsAt)), startsAt: at(2) })
    await book.take({ ...request(again(4)), time: at(4) })
    await book.take({ ...request(again(4)), time: at(4) })
    await book.take(first)
    expect(did).toEqual(['knows A'])
    await book.take({ ...request(again(9)), time: at(3) })
    expect(did).toEqual(['knows A', 'firing A', 'resolved A', 'knows A'])
  })

  it('does not tell a late beginning again because its end could not be told yet', async () => {
    const { book, did, clock } = createTriedBook(({ state }, tries) => {
      if (state === 'resolved' && tries === 1)
        throw new CodedError('unavailable', 'NATS is away', { retryable: true })
    })
    await book.take({ ...request(alert('A', at(-1))), time: at(1) })
    const taken = book.take(request(alert('A')))
    await clock.advance(1000)
    await taken
    expect(did).toEqual(['knows A', 'firing A', 'resolved A', 'knows A'])
  })

  it('keeps what can never be told, and tells the rest of its request', async () => {
    const { book, did } = createTriedBook(({ alertname }) => {
      if (alertname === 'A') throw new RefusedError('too_large', 'it fits no message')
    })
    await book.take(request(alert('A'), alert('B')))
    expect([...did].sort()).toEqual(['firing B', 'knows A', 'knows B', 'refuses firing A: too_large'])
  })

  it('tries again what could not be told yet', async () => {
    const { book, did, clock } = createTriedBook((_event, tries) => {
      if (tries === 1) throw new CodedError('unavailable', 'NATS is away', { retryable: true })
    })
    const taken = book.take(request(alert('A')))
    await clock.advance(1000)
    await taken
    expect(did).toEqual(['firing A', 'knows A'])
  })

  it('keeps to an end that was given, also after a restart, and grants it no more each time', async () => {
    const { book, known } = createTriedBook()
    await book.take(request(alert('A')))
    const { did, clock } = await takenOverAfter(4, known)
    await clock.advance(59_000)
    expect(did).toEqual([])
    await clock.advance(1000)
    expect(did).toEqual(['resolved A', 'knows A'])
  })

  it('waits for the sender of an alert whose end passed while nobody was there, and once only', async () => {
    const { book, known } = createTriedBook()
    await book.take(request(alert('A')))
    await takenOverAfter(6, known)
    await takenOverAfter(9, known)
    const { did, clock } = await takenOverAfter(10, known)
    await clock.advance(59_000)
    expect(did).toEqual([])
    await clock.advance(1000)
    expect(did).toEqual(['resolved A', 'knows A'])
  })

  it('waits anew after a restart for a sender that has been heard of since', async () => {
    const { book, known } = createTriedBook()
    await book.take(request(alert('A')))
    const { book: second } = await takenOverAfter(6, known)
    await second.take({ ...request(alert('A', at(11))), time: at(7) })
    const { did, clock } = await takenOverAfter(12, known)
    await clock.advance(3 * 60_000)
    expect(did).toEqual([])
  })

  it('does not end after a restart what has been posted again since it was stored', async () => {
    const { book, known, did: before } = createTriedBook()
    await book.take(request(alert('A')))
    for (const minute of [1, 2, 3])
      await book.take({ ...request(alert('A', at(5 + minute))), time: at(minute) })
    expect(before).toEqual(['firing A', 'knows A', 'knows A'])
    const { did, clock } = await takenOverAfter(5.9, known)
    await clock.advance(2 * 60_000)
    expect(did).toEqual([])
  })

  it('stores an end that has moved by more than the resolve timeout', async () => {
    const { book, known } = createTriedBook()
    for (const hour of [0, 1, 2])
      await book.take({ ...request(alert('A', at(60 * hour + 90))), time: at(60 * hour) })
    expect([...known.values()]).toMatchObject([{ alert: { endsAt: at(210) }, isRefreshed: true }])
  })

  it('has an alert that waited in the queue past its end fire as long as it was given', async () => {
    const { book, did, clock } = createTriedBook(() => {}, { nowMs: NOW + 60 * 60_000 })
    await book.take(request(alert('A')))
    await clock.advance(299_000)
    expect(did).toEqual(['firing A', 'knows A'])
    await clock.advance(1000)
    expect(did).toEqual(['firing A', 'knows A', 'resolved A', 'knows A'])
  })
})
