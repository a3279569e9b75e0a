import type { AlertEvent } from '@tocsin/contract'
import { type Clock, CodedError, type Log } from '@tocsin/runtime'
import { createInOrder } from '../delivery/in-order.ts'
import type { PublishOutbox } from '../outbox/publish-outbox.ts'
import { untilStored } from '../outbox/until-stored.ts'
import type { Policy, Route } from '../policy/policy.ts'
import { queuesOf, tellingsOf } from '../policy/queues-of.ts'
import { everyRoute } from '../policy/routes-of.ts'
import { labelsOfAlert } from '../policy/routing-labels.ts'
import { buildAlertsNotification } from './build-alerts-notification.ts'
import { decideFlush } from './decide-flush.ts'
import { type GroupName, groupOf } from './group-key.ts'
import type { GroupStore } from './group-store.ts'
import { nextFlushMs } from './next-flush.ts'
import type { AlertRecord, GroupRecord } from './records.ts'
import { takeTransition } from './take-transition.ts'

export interface GrouperDeps {
  readonly store: GroupStore
  readonly policy: () => Policy
  readonly publish: PublishOutbox
  readonly clock: Clock
  readonly log: Log
  readonly externalURL: string
  /** Names the present making of the ALERTS stream: its sequences, and so what is named after them, begin anew with it. */
  readonly incarnation: string
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
  /** Forgets alerts that ended before this moment. Milliseconds since the epoch. */
  forgetEndedBefore(ms: number): Promise<number>
  stop(): void
}

interface Group {
  readonly key: string
  readonly route: Route
  readonly members: Map<string, AlertRecord>
  record: GroupRecord | undefined
  cancelTimer: () => void
}

const RETRY_MS = 1000

export function createGrouper(deps: GrouperDeps): Grouper {
  const { store, policy, publish, clock, log, mayAct, signal } = deps
  /** The last transition of every alert, ended ones included: how repeats are known. */
  const alerts = new Map<string, AlertRecord>()
  const groups = new Map<string, Group>()
  const inOrder = createInOrder()

  function groupFor(key: string, route: Route): Group {
    const group = groups.get(key) ?? {
      key,
      route,
      members: new Map(),
      record: undefined,
      cancelTimer: () => {},
    }
    groups.set(key, group)
    return group
  }

  /** Tells the group if it is time to, with `incoming` as if it were a member already; answers what was done. */
  async function flush(group: Group, incoming?: AlertRecord): Promise<'sent' | 'kept' | 'ended'> {
    const members = new Map(group.members)
    if (incoming) members.set(incoming.fingerprint, incoming)
    const nowMs = clock.now()
    const decision = decideFlush(group.key, [...members.values()], group.record, group.route, nowMs)
    if (decision.action === 'send') {
      const notification = buildAlertsNotification(decision, group.route, deps, nowMs)
      await publish(notification, queuesOf(policy(), group.route))
      // That may have taken longer than the lease lasts: what its next holder has written since must stand.
      assertOurs()
    }
    // The outbox first, then the alert, then the group: a crash in between makes the same notification again.
    if (incoming) await store.putAlert(incoming)
    if (decision.action === 'send' && !decision.last) {
      await store.putGroup(decision.next)
      group.record = decision.next
      dropTold(group, decision.next)
    } else if (decision.action !== 'keep' && group.record) await store.endGroup(group.key)
    if (incoming) remember(group, incoming)
    if (decision.action === 'end' || (decision.action === 'send' && decision.last)) forget(group)
    return decision.action === 'send' ? 'sent' : decision.action === 'end' ? 'ended' : 'kept'
  }

  function assertOurs(): void {
    if (!mayAct()) throw new CodedError('stopping', 'left for the next notifier', { retryable: true })
  }

  function remember(group: Group, record: AlertRecord): void {
    group.members.set(record.fingerprint, record)
    alerts.set(record.fingerprint, record)
  }

  /** Alerts whose end has been told need no more telling. */
  function dropTold(group: Group, told: GroupRecord): void {
    for (const member of group.members.values())
      if (member.status === 'resolved' && member.seq <= told.flushedSeq)
        group.members.delete(member.fingerprint)
  }

  async function beginTold(group: Group): Promise<void> {
    if (group.record) return
    const nowMs = clock.now()
    const record = { key: group.key, anchorMs: nowMs, flushedSeq: -1, lastSentMs: nowMs, repeats: 0 }
    await store.putGroup(record)
    group.record = record
  }

  function forget(group: Group): void {
    group.cancelTimer()
    groups.delete(group.key)
  }

  function schedule(group: Group): void {
    group.cancelTimer()
    if (signal.aborted || groups.get(group.key) !== group) return
    const due = nextFlushMs([...group.members.values()], group.record, group.route)
    if (due !== undefined) arm(group, due - clock.now())
    else if (![...group.members.values()].some((member) => member.status === 'firing')) arm(group, 0)
  }

  function isDue(group: Group): boolean {
    const due = nextFlushMs([...group.members.values()], group.record, group.route)
    return due !== undefined && due <= clock.now()
  }

  function arm(group: Group, delayMs: number): void {
    group.cancelTimer = clock.setTimeout(() => void onTimer(group), Math.max(0, delayMs))
  }

  function onTimer(group: Group): Promise<void> {
    return inOrder(group.key, async () => {
      if (signal.aborted || groups.get(group.key) !== group) return
      // The lease may be ours again in a moment: a group that nothing looks at again is never told.
      if (!mayAct()) return arm(group, RETRY_MS)
      try {
        await flush(group)
        schedule(group)
      } catch (error) {
        log.warn({ err: error, groupKey: group.key }, 'a group could not be told yet')
        if (!signal.aborted) arm(group, RETRY_MS)
      }
    })
  }

  /** Where a transition belongs: a resolve goes where its alert was told, whatever the policy says by now. */
  function placeOf(event: AlertEvent): { route: Route; name: GroupName } | { drop: string } {
    const previous = alerts.get(event.fingerprint)
    if (event.state === 'resolved' && previous?.status === 'firing') {
      const route = everyRoute(policy()).find((candidate) => candidate.name === previous.route)
      if (route) return { route, name: { key: previous.groupKey, labels: previous.groupLabels } }
    }
    const labels = labelsOfAlert(event)
    const [telling] = tellingsOf(policy(), labels)
    if (!telling) return { drop: 'no_receiver' }
    return { route: telling.route, name: groupOf(telling.route, labels) }
  }

  async function take(event: AlertEvent, seq: number, route: Route, name: GroupName): Promise<Taken> {
    assertOurs()
    const group = groupFor(name.key, route)
    const transition = { event, seq, acceptedMs: clock.now() }
    const decision = takeTransition(transition, alerts.get(event.fingerprint), group.record, { route, name })
    const answer = (action: Taken['action'], reason: string = decision.reason) => {
      schedule(group)
      return { action, reason, route, queues: queuesOf(policy(), route), groupKey: name.key }
    }
    if (decision.action === 'ignore') return answer('ignored')
    if (decision.action === 'suppress') {
      await store.putAlert(decision.record)
      remember(group, decision.record)
      return answer('suppressed')
    }
    // Alertmanager has told that it fires: a group that tells of its end has told something.
    if (event.direct?.heard === 'firing') await beginTold(group)
    const due = nextFlushMs([...group.members.values(), decision.record], group.record, route)
    if (due !== undefined && due <= clock.now()) {
      await flush(group, decision.record)
      return answer('sent')
    }
    await store.putAlert(decision.record)
    remember(group, decision.record)
    return answer('grouped')
  }

  return {
    async restore() {
      const loaded = await store.load()
      const records = new Map(loaded.groups.map((record) => [record.key, record]))
      for (const record of loaded.alerts) {
        alerts.set(record.fingerprint, record)
        const route = everyRoute(policy()).find((candidate) => candidate.name === record.route)
        if (!route || (record.status === 'resolved' && !records.has(record.groupKey))) continue
        const group = groupFor(record.groupKey, route)
        group.record = records.get(record.groupKey)
        group.members.set(record.fingerprint, record)
      }
      // Before any new transition is taken in: what a crash left half told is then made again exactly as it was.
      await Promise.all(
        [...groups.values()].map((group) => (isDue(group) ? onTimer(group) : schedule(group))),
      )
    },
    accept(event, seq) {
      const place = placeOf(event)
      if ('drop' in place)
        return Promise.resolve({
          action: 'dropped',
          reason: place.drop,
          route: undefined,
          queues: [],
          groupKey: '',
        })
      return inOrder(place.name.key, () =>
        untilStored(() => take(event, seq, place.route, place.name), { clock, log }, signal),
      )
    },
    async forgetEndedBefore(ms) {
      const old = [...alerts.values()].filter(
        (a) => a.status === 'resolved' && a.acceptedMs < ms && !groups.has(a.groupKey),
      )
      for (const { fingerprint } of old) {
        await store.forgetAlert(fingerprint)
        alerts.delete(fingerprint)
      }
      return old.length
    },
    stop() {
      for (const group of groups.values()) group.cancelTimer()
    },
  }
}
