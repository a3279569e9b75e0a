import type { Alert } from '@tocsin/alerting'
import type { AlertEvent } from '@tocsin/contract'
import { createLog, type Lease } from '@tocsin/runtime'
import { testClock } from '@tocsin/testkit'
import { Counter } from 'prom-client'
import { expect, test } from 'vitest'
import { toRecord } from '../alerts/alert-record.ts'
import { toEvent } from '../alerts/to-event.ts'
import { OvertakenError } from './alert-bucket.ts'
import { createJournal } from './journal.ts'

const rule = { id: 'g.r', name: 'A', group: 'g', file: 'f.yml', origin: 'file' } as const
const context = { source: 'test', stages: {}, generatorURL: 'http://x', atMs: 0 }

function recordOf(n: number, transition: 'firing' | 'resolved') {
  const alert: Alert = {
    fingerprint: '0123456789abcdef',
    labels: { alertname: 'A' },
    annotations: {},
    phase: transition,
    value: n,
    activeAt: 0,
    sequence: n,
  }
  return toRecord(rule, alert, toEvent(rule, alert, transition, context))
}

/** A journal whose effects are listed, and fail when asked to. */
function createWorld() {
  const effects: string[] = []
  const failures: unknown[] = []
  const overtaken: Error[] = []
  const aborter = new AbortController()
  const world = { effects, failures, overtaken, aborter, losesAfter: '', clock: testClock() }
  const act = async (effect: string) => {
    await Promise.resolve()
    const failure = failures.shift()
    if (failure !== undefined) throw failure
    effects.push(effect)
  }
  const lease: Lease = {
    name: 'x',
    owner: 'x',
    fencingToken: 1,
    isHeld: () => !effects.includes(world.losesAfter),
  }
  const journal = createJournal({
    bucket: {
      load: async () => ({ records: [], unreadable: [] }),
      put: (key, { alert, unpublished }) => act(`put ${key}${alert.sequence}${unpublished ? '' : ' told'}`),
      erase: (key) => act(`erase ${key}`),
    },
    publish: (event: AlertEvent) => act(`publish ${event.state} ${event.value}`),
    leaseOf: () => lease,
    onOvertaken: (_key, error) => overtaken.push(error),
    clock: world.clock,
    log: createLog({ service: 'test', version: '0', level: 'silent' }),
    published: new Counter({ name: 'x', help: 'x', labelNames: ['state'], registers: [] }),
    signal: aborter.signal,
  })
  return { ...world, journal, world }
}

test('an alert is stored, then told, then marked as told; the next change of it comes after', async () => {
  const { journal, effects } = createWorld()
  const first = journal.write('k', recordOf(1, 'firing'))
  void journal.write('k', recordOf(2, 'resolved'))
  journal.erase('k')
  await first
  expect(effects).toEqual(['put k1'])
  await journal.settled()
  expect(effects).toEqual(['put k1', 'publish firing 1', 'put k2', 'publish resolved 2', 'erase k'])
})

test('the last change of an alert is marked as told', async () => {
  const { journal, effects } = createWorld()
  void journal.write('k', recordOf(1, 'firing'))
  await journal.settled()
  expect(effects).toEqual(['put k1', 'publish firing 1', 'put k1 told'])
})

test('different alerts do not wait for each other, and a failure is tried again in its place', async () => {
  const { journal, effects, failures, clock } = createWorld()
  failures.push(new Error('NATS is away'))
  void journal.write('a', recordOf(1, 'firing'))
  void journal.write('b', recordOf(2, 'firing'))
  await clock.advance(0)
  expect(effects).toContain('publish firing 2')
  expect(effects).not.toContain('put a1')
  await clock.advance(60_000)
  expect(effects.filter((e) => e.includes('1'))).toEqual(['put a1', 'publish firing 1', 'put a1 told'])
})

test('what was stored but not told is told after a restart', async () => {
  const { journal, effects } = createWorld()
  journal.resume('k', recordOf(1, 'firing'))
  await journal.settled()
  expect(effects).toEqual(['publish firing 1', 'put k1 told'])
})

test('a replica that no longer leads does nothing more', async () => {
  const { journal, effects, world } = createWorld()
  world.losesAfter = 'put k1'
  void journal.write('k', recordOf(1, 'firing'))
  await journal.settled()
  expect(effects).toEqual(['put k1'])
})

test('a replica that was overtaken says so, and tells nothing', async () => {
  const { journal, effects, failures, overtaken } = createWorld()
  failures.push(new OvertakenError('k was written by someone else'))
  void journal.write('k', recordOf(1, 'firing'))
  await journal.settled()
  expect(effects).toEqual([])
  expect(overtaken).toHaveLength(1)
})
