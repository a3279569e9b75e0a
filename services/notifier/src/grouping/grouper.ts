import type { AlertEvent, Labels } from '@tocsin/contract'
import { CodedError, type Log } from '@tocsin/runtime'
import { createInOrder } from '../delivery/in-order.ts'
import { untilStored } from '../outbox/until-stored.ts'
import type { Route } from '../policy/policy.ts'
import { queuesOf } from '../policy/queues-of.ts'
import { labelsOfAlert } from '../policy/routing-labels.ts'
import { type FlushDeps, type Look, settleGroup, tellGroup } from './flush-group.ts'
import { classesOfGroup, type Group, nextLookMs, timingOf } from './group.ts'
import type { GroupStore } from './group-store.ts'
import { createGroups } from './groups.ts'
import { dueOf } from './next-flush.ts'
import type { AlertRecord } from './records.ts'
import { takeTransition } from './take-transition.ts'
import { isNews } from './told-classes.ts'

export interface GrouperDeps extends FlushDeps {
  readonly store: GroupStore
  readonly log: Log
  /** Hears of every alert that is known, before it is told. */
  readonly onAlert: (fingerprint: string, labels: Labels, status: AlertRecord['status']) => void
  /** Whether this process may still act for the notifier. */
  readonly mayAct: () => boolean
  /** Aborts when this process must leave the work to another. */
  readonly signal: AbortSignal
}

/** What became of a transition; `reason` is low in cardinality. */
export interface Taken {
  readonly action: 'sent' | 'grouped' | 'suppressed' | 'ignored' | 'dropped'
  readonly reason: string
  readonly route: Route | undefined
  /** The queues of the outbox that the route leads to. */
  readonly queues: readonly string[]
  readonly groupKey: string
}

/** The alert groups of the notifier: what they hold, and when they are told next. */
export interface Grouper {
  /** Reads the stored state; tells at once what was due while nobody ran. Call it before {@link Grouper.accept}. */
  restore(): Promise<void>
  /** Takes one transition in; resolves when nothing of it can be lost any more. */
  accept(event: AlertEvent, seq: number): Promise<Taken>
  /** Goes on by the policy that holds now: what is grouped and told stays, alerts move to their new routes. */
  adoptPolicy(): void
  /** Forgets alerts that ended before this moment. Milliseconds since the epoch. */
  forgetEndedBefore(ms: number): Promise<number>
  stop(): void
}

const RETRY_MS = 1000

export function createGrouper(given: GrouperDeps): Grouper {
  const { store, policy, clock, log, mayAct, signal } = given
  const groups = createGroups(policy)
  const inOrder = createInOrder()
  const deps = { ...given, isWaitedFor: inOrder.isWaitedFor }
  /** Counts policies: what was placed by an earlier one is placed anew. */
  let epoch = 0

  function assertOurs(): void {
    if (!mayAct()) throw new CodedError('stopping', 'left for the next notifier', { retryable: true })
  }

  function schedule(group: Group): void {
    arm(group, nextLookMs(group, policy()))
  }

  function arm(group: Group, dueMs: number | undefined): void {
    group.cancelTimer()
    group.dueMs = dueMs
    if (dueMs === undefined || signal.aborted || !groups.has(group)) return
    group.cancelTimer = clock.setTimeout(() => void onTimer(group), Math.max(0, dueMs - clock.now()))
  }

  function onTimer(group: Group): Promise<void> {
    return inOrder(group.key, async () => {
      if (signal.aborted || !groups.has(group)) return
      // The lease may be ours again in a moment: a group that nothing looks at again is never told.
      if (!mayAct()) return arm(group, clock.now() + RETRY_MS)
      try {
        const look = await tellGroup(group, deps)
        // That may have taken longer than the lease lasts: what its next holder has written since must stand.
        assertOurs()
        await settle(group, look)
      } catch (error) {
        log.warn({ err: error, groupKey: group.key }, 'a group could not be told yet')
        if (!signal.aborted) arm(group, clock.now() + RETRY_MS)
      }
    })
  }

  async function settle(group: Group, look: Look): Promise<void> {
    for (const { fingerprint } of await settleGroup(group, look, deps)) groups.leave(group, fingerprint)
    if (group.members.size === 0) groups.end(group)
    else schedule(group)
  }

  /** Alertmanager has told that it fires: a group that tells of its end has told something. */
  async function hear(group: Group, { fingerprint }: AlertRecord): Promise<void> {
    const record = groups.withHeard(group, fingerprint, clock.now())
    await store.putGroup(record)
    group.record = record
  }

  /** A group's part in a transition: whether it is news there, and told at once. */
  function judge(group: Group, record: AlertRecord) {
    const classes = classesOfGroup(group, policy())
    const news = classes.some((known) => isNews(record, known, group.moved))
    const due = dueOf(record, group.moved, classes, timingOf(group))
    return { group, news, due, isDue: due !== undefined && due <= clock.now() }
  }

  async function take(event: AlertEvent, seq: number, places: readonly Group[]): Promise<Taken> {
    assertOurs()
    const [first] = places
    const answer = (action: Taken['action'], reason: string): Taken => ({
      action,
      reason,
      route: first?.route,
      queues: first ? queuesOf(policy(), first.route) : [],
      groupKey: first?.key ?? '',
    })
    const decision = takeTransition(
      { event, seq, acceptedMs: clock.now() },
      groups.alerts.get(event.fingerprint),
    )
    if (decision.action === 'ignore') return answer('ignored', decision.reason)
    const { record } = decision
    deps.onAlert(record.fingerprint, labelsOfAlert(event), record.status)
    if (event.direct?.heard === 'firing') for (const group of places) await hear(group, record)
    const judged = places.map((group) => judge(group, record))
    const looks: (readonly [Group, Look])[] = []
    for (const { group, isDue } of judged)
      if (isDue) looks.push([group, await tellGroup(group, deps, record)])
    assertOurs()
    // Told first, then the alert, then the group: a crash in between makes the same notification again.
    await store.putAlert(record)
    groups.remember(record)
    for (const { group, due, news, isDue } of judged) {
      if (record.status === 'firing' || news || group.members.has(record.fingerprint))
        groups.join(group, record)
      if (!isDue && due !== undefined && due < (group.dueMs ?? Number.POSITIVE_INFINITY)) arm(group, due)
    }
    for (const [group, look] of looks) await settle(group, look)
    if (looks.some(([, { decision }]) => decision.tellings.length > 0)) return answer('sent', record.status)
    if (judged.some(({ news }) => news)) return answer('grouped', record.status)
    if (places.length === 0) return answer('dropped', 'no_receiver')
    return answer('suppressed', record.status === 'firing' ? 'already_firing' : 'never_notified')
  }

  /** One after the other with what else happens in any of these groups. */
  function inAll<T>(keys: readonly string[], task: () => Promise<T>): Promise<T> {
    const [key, ...rest] = keys
    return key === undefined ? task() : inOrder(key, () => inAll(rest, task))
  }

  async function accept(event: AlertEvent, seq: number): Promise<Taken> {
    for (;;) {
      const placed = epoch
      const names = groups.placesOf(event)
      const taken = await inAll([...names.keys()].sort(), async () => {
        if (placed !== epoch) return undefined
        const places = [...names].map(([key, name]) => groups.open(key, name.labels, name.route))
        const done = await untilStored(() => take(event, seq, places), { clock, log }, signal)
        for (const group of places) groups.endIfEmpty(group)
        return done
      })
      if (!taken) continue
      // Alerts were placed anew while this one was on its way.
      if (placed !== epoch) groups.place(event.fingerprint).forEach(schedule)
      return taken
    }
  }

  const unfollow = deps.mutes.onChange(() => {
    for (const group of groups.all())
      if (group.hasMuted && group.route.intervalMs === 0) arm(group, clock.now())
  })

  return {
    async restore() {
      groups.restore(await store.load(), deps.onAlert)
      // Before any new transition is taken in: what a crash left half told is then made again exactly as it was.
      await Promise.all(
        [...groups.all()].map((group) => {
          const due = nextLookMs(group, policy())
          return due !== undefined && due <= clock.now() ? onTimer(group) : schedule(group)
        }),
      )
    },
    accept: (event, seq) => inOrder(`alert ${event.fingerprint}`, () => accept(event, seq)),
    adoptPolicy() {
      epoch++
      groups.placeAll()
      for (const group of groups.all()) schedule(group)
    },
    async forgetEndedBefore(ms) {
      const old = groups.endedBefore(ms)
      for (const fingerprint of old.alerts) {
        await store.forgetAlert(fingerprint)
        groups.alerts.delete(fingerprint)
      }
      for (const key of old.groups) if (groups.forget(key)) await store.endGroup(key)
      return old.alerts.length
    },
    stop() {
      unfollow()
      for (const group of groups.all()) group.cancelTimer()
    },
  }
}
