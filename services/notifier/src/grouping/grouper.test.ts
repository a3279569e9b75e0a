import type { AlertEvent, Severity } from '@tocsin/contract'
import { createLog } from '@tocsin/runtime'
import { type TestClock, testClock } from '@tocsin/testkit'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { T0, transition } from '../../test/samples/events.ts'
import type { Notification } from '../outbox/publish-outbox.ts'
import { defaultPolicy } from '../policy/default-policy.ts'
import type { GroupStore } from './group-store.ts'
import { createGrouper, type Grouper } from './grouper.ts'
import type { Mutes } from './mutes.ts'
import type { AlertRecord, GroupRecord } from './records.ts'

const log = createLog({ service: 'notifier', version: 'test', level: 'silent' })
const policy = defaultPolicy({
  integrations: [{ channel: 'webhook', type: 'webhook', sendResolved: true, settings: {} }],
  groupWaitMs: 10_000,
  groupIntervalMs: 10_000,
  repeatIntervalMs: 3_600_000,
  digestIntervalMs: 900_000,
})

const noMutes: Mutes = { mutedBy: () => undefined, acknowledged: () => false, onChange: () => () => {} }

/**
 * What is durable, which outlives a notifier, and a notifier that dies when it is told to: right before or right after
 * any one of its durable steps. A real server cannot be stopped between two of them that precisely.
 */
function simulate() {
  const clock: TestClock = testClock(T0)
  const alerts = new Map<string, AlertRecord>()
  const groups = new Map<string, GroupRecord>()
  const outbox = new Map<string, Notification>()
  /** Transitions in the stream that are not acknowledged yet. */
  const unacknowledged: { event: AlertEvent; seq: number }[] = []
  let seq = 0
  let dying = new AbortController()
  let crashIn = Number.POSITIVE_INFINITY
  /** Whether the lease is held, and whether it is lost while a notification is being stored. */
  let held = true
  let losesLeaseStoring = false

  async function step<T>(life: AbortSignal, effect: () => T): Promise<T> {
    if (life.aborted) throw new Error('dead')
    crashIn--
    if (crashIn === 0.5) dying.abort()
    if (life.aborted) throw new Error('died before')
    const result = effect()
    if (crashIn === 0) dying.abort()
    if (life.aborted) throw new Error('died after')
    return result
  }

  function born(): Grouper {
    dying = new AbortController()
    crashIn = Number.POSITIVE_INFINITY
    const life = dying.signal
    const store: GroupStore = {
      load: () => Promise.resolve({ alerts: [...alerts.values()], groups: [...groups.values()] }),
      putAlert: (record) => step(life, () => void alerts.set(record.fingerprint, record)),
      putGroup: (record) => step(life, () => void groups.set(record.key, record)),
      endGroup: (key) => step(life, () => void groups.delete(key)),
      forgetAlert: (fingerprint) => step(life, () => void alerts.delete(fingerprint)),
    }
    const tell = (notification: Notification) =>
      step(life, () => {
        if (!outbox.has(notification.id)) outbox.set(notification.id, notification)
        if (losesLeaseStoring) held = false
      })
    const mayAct = () => held && !life.aborted
    return createGrouper({
      store,
      policy: () => policy,
      tell,
      clock,
      log,
      externalURL: 'http://x',
      mutes: noMutes,
      onAlert: () => {},
      onMuted: () => {},
      mayAct,
      signal: life,
    })
  }

  let grouper = born()

  /** Delivers what is not acknowledged, in order; after a death, the next notifier does. */
  async function deliver(): Promise<void> {
    for (let next = unacknowledged[0]; next; next = unacknowledged[0]) {
      try {
        await grouper.accept(next.event, next.seq)
        unacknowledged.shift()
      } catch {
        await revive()
      }
    }
  }

  async function revive(): Promise<void> {
    grouper.stop()
    grouper = born()
    await grouper.restore()
  }

  return {
    outbox,
    alerts,
    clock,
    hold(lease: boolean) {
      held = lease
    },
    loseLeaseStoring(loses: boolean) {
      losesLeaseStoring = loses
    },
    crashAfter(steps: number) {
      crashIn = steps
    },
    async publish(event: AlertEvent) {
      unacknowledged.push({ event, seq: ++seq })
      await deliver()
    },
    async advance(ms: number) {
      await clock.advance(ms)
      if (dying.signal.aborted) await revive()
      await clock.advance(0)
    },
    accept: (event: AlertEvent) => grouper.accept(event, ++seq),
    restart: revive,
  }
}

/** What a receiver believes of each alert after reading all that it was sent. */
function believed(outbox: ReadonlyMap<string, Notification>): Map<string, 'firing' | 'resolved'> {
  const state = new Map<string, 'firing' | 'resolved'>()
  for (const notification of outbox.values()) {
    if (notification.kind !== 'alerts') continue
    for (const { fingerprint, status } of notification.alerts) {
      // An end is told only to those who know of the beginning.
      if (status === 'resolved') expect(state.get(fingerprint)).toBe('firing')
      state.set(fingerprint, status)
    }
  }
  return state
}

const statuses = (outbox: ReadonlyMap<string, Notification>) =>
  [...outbox.values()].map((n) => (n.kind === 'alerts' ? `${n.status} ${n.alerts.length}` : n.kind))

describe('a group', () => {
  const high = (state: 'firing' | 'resolved', instance: string, clock: TestClock) =>
    transition({ state, severity: 'high', labels: { instance }, timeMs: clock.now() })

  it('is told a wait after its first alert, and then at whole intervals when something is new', async () => {
    const { outbox, clock, publish, advance } = simulate()
    await publish(high('firing', 'a', clock))
    await advance(9_999)
    expect(statuses(outbox)).toEqual([])
    await publish(high('firing', 'b', clock))
    await advance(1)
    expect(statuses(outbox)).toEqual(['firing 2'])
    await advance(25_000)
    await publish(high('firing', 'c', clock))
    await advance(4_999)
    expect(statuses(outbox)).toEqual(['firing 2'])
    await advance(1)
    expect(statuses(outbox)).toEqual(['firing 2', 'firing 3'])
  })

  it('is told at once for an alert that has fired for longer than the wait', async () => {
    const { outbox, clock, publish } = simulate()
    await publish(transition({ severity: 'high', timeMs: clock.now() - 60_000 }))
    expect(statuses(outbox)).toEqual(['firing 1'])
  })

  it('tells ends together with what still fires, and is over after the last', async () => {
    const { outbox, clock, publish, advance } = simulate()
    await publish(high('firing', 'a', clock))
    await publish(high('firing', 'b', clock))
    await advance(10_000)
    await publish(high('resolved', 'a', clock))
    await advance(10_000)
    await publish(high('resolved', 'b', clock))
    await advance(10_000)
    expect(statuses(outbox)).toEqual(['firing 2', 'firing 2', 'resolved 1'])
    await publish(high('firing', 'a', clock))
    await advance(10_000)
    expect(statuses(outbox).at(-1)).toBe('firing 1')
  })

  it('is told again after the repeat interval while it fires, also across a restart', async () => {
    const { outbox, clock, publish, advance, restart } = simulate()
    await publish(high('firing', 'a', clock))
    await advance(10_000)
    await advance(1_800_000)
    await restart()
    await advance(1_799_999)
    expect(statuses(outbox)).toHaveLength(1)
    await advance(1)
    expect(statuses(outbox)).toEqual(['firing 1', 'firing 1'])
    await advance(3_600_000)
    expect(statuses(outbox)).toHaveLength(3)
  })

  it('that was due while nobody ran is told at the start', async () => {
    const { outbox, clock, publish, restart } = simulate()
    await publish(high('firing', 'a', clock))
    clock.jump(60_000)
    await restart()
    expect(statuses(outbox)).toEqual(['firing 1'])
  })
})

describe('the grouper', () => {
  it('tells a group that fell due while the lease was in doubt, once it is held again', async () => {
    const { outbox, clock, publish, advance, hold } = simulate()
    await publish(transition({ severity: 'high', timeMs: clock.now() }))
    hold(false)
    await advance(10_000)
    expect(statuses(outbox)).toEqual([])
    hold(true)
    await advance(1000)
    expect(statuses(outbox)).toEqual(['firing 1'])
  })

  it('records nothing while the lease is lost during a send, and sends the same again', async () => {
    const { outbox, alerts, clock, accept, advance, hold, loseLeaseStoring } = simulate()
    loseLeaseStoring(true)
    const taken = accept(transition({ severity: 'critical', timeMs: clock.now() }))
    await advance(0)
    expect(statuses(outbox)).toEqual(['firing 1'])
    expect(alerts.size).toBe(0)
    loseLeaseStoring(false)
    hold(true)
    await advance(1000)
    expect(await taken).toMatchObject({ action: 'sent' })
    expect(alerts.size).toBe(1)
    expect(statuses(outbox)).toEqual(['firing 1'])
  })

  it('leaves every receiver with the truth, wherever it dies on the way', async () => {
    const alert = fc.record({
      instance: fc.constantFrom('a', 'b', 'c'),
      severity: fc.constantFrom<Severity>('critical', 'high'),
    })
    const command = fc.oneof(
      { weight: 5, arbitrary: fc.record({ do: fc.constant('toggle' as const), alert }) },
      {
        weight: 3,
        arbitrary: fc.record({
          do: fc.constant('advance' as const),
          ms: fc.integer({ min: 1, max: 25_000 }),
        }),
      },
      {
        weight: 3,
        arbitrary: fc.record({ do: fc.constant('crash' as const), steps: fc.integer({ min: 1, max: 10 }) }),
      },
    )
    await fc.assert(
      fc.asyncProperty(fc.array(command, { maxLength: 40 }), async (commands) => {
        const world = simulate()
        const truth = new Map<string, 'firing' | 'resolved'>()
        for (const next of commands) {
          if (next.do === 'advance') await world.advance(next.ms)
          else if (next.do === 'crash') world.crashAfter(next.steps / 2)
          else {
            const { instance, severity } = next.alert
            const facts = { severity, labels: { instance }, timeMs: world.clock.now() }
            const { fingerprint } = transition(facts)
            const state = truth.get(fingerprint) === 'firing' ? 'resolved' : 'firing'
            truth.set(fingerprint, state)
            await world.publish(transition({ ...facts, state }))
          }
        }
        await world.advance(30_000)
        await world.advance(30_000)
        const seen = believed(world.outbox)
        for (const [fingerprint, state] of truth) {
          if (state === 'firing') expect(seen.get(fingerprint)).toBe('firing')
          else expect(seen.get(fingerprint)).not.toBe('firing')
        }
      }),
      { numRuns: 300 },
    )
  })
})
