import type { AlertEvent } from '@tocsin/contract'
import { fingerprint as fingerprintOf, type PostedAlert, type PostedAlerts } from '@tocsin/contract'
import { type Clock, CodedError, type Log, RefusedError } from '@tocsin/runtime'
import type { TakeIn } from '../consumers/take-in.ts'
import { createInOrder } from '../delivery/in-order.ts'
import { createGate } from '../limits/gate.ts'
import { untilStored } from '../outbox/until-stored.ts'
import { afterAbsence } from './after-absence.ts'
import { judgePosted, type PostedJudgement } from './judge-posted.ts'
import type { PostedRecord } from './posted-record.ts'
import type { PostedStore } from './posted-store.ts'
import type { PublishTransition } from './publish-transition.ts'
import { toTransition } from './to-transition.ts'

export interface PostedBookDeps {
  readonly store: PostedStore
  readonly publish: PublishTransition
  readonly takeIn: TakeIn
  /** Keeps what can never be told as a dead letter; repeating it is safe. */
  readonly refuse: (event: AlertEvent, why: RefusedError) => Promise<void>
  readonly clock: Clock
  readonly log: Log
  /** How long an alert without an end fires: the most that is granted after nobody was at work. Milliseconds. */
  readonly resolveTimeoutMs: () => number
  /** What is known of an alert has changed, if only by a refresh that is not stored. */
  readonly onKnown: (record: PostedRecord) => void
  readonly taken: (action: PostedJudgement['action'] | 'timed_out') => void
  readonly mayAct: () => boolean
  /** Aborts when this process must leave the work to another. */
  readonly signal: AbortSignal
}

/** The alerts that are posted from outside: tells when they begin, change and end. */
export interface PostedBook {
  /** Reads what is stored, and stores which alerts go on for now unheard of. Call it before {@link PostedBook.take}. */
  restore(): Promise<void>
  /** Takes the alerts of one request in; resolves when nothing of them can be lost any more. */
  take(posted: PostedAlerts): Promise<void>
  /** Forgets alerts that ended before this moment. Milliseconds since the epoch. */
  forgetEndedBefore(ms: number): Promise<void>
  stop(): void
}

/** One alert's part in a request. */
interface Posting {
  readonly fingerprint: string
  readonly postedMs: number
  /** Names the transition that it may be. */
  readonly id: string
}

const RETRY_MS = 1000
/** A request may hold thousands of alerts: what waits for receivers and NATS is as much as keeps them busy. */
const AT_ONCE = 64

export function createPostedBook(deps: PostedBookDeps): PostedBook {
  const { store, publish, takeIn, clock, log, mayAct, signal, taken } = deps
  const known = new Map<string, PostedRecord>()
  const inOrder = createInOrder()
  const gate = createGate(() => ({ concurrency: AT_ONCE, spacingMs: 0 }), clock)
  const begunMs = clock.now()
  let armedMs = Number.POSITIVE_INFINITY
  let disarm = () => {}

  /** When an alert ends if it is not posted again. */
  const deadlineOf = ({ alert }: PostedRecord) => Date.parse(alert.endsAt)

  const sinceTakeOver = (record: PostedRecord) =>
    afterAbsence(record, { endedMs: begunMs, mostGraceMs: deps.resolveTimeoutMs() })

  function arm(atMs: number): void {
    if (signal.aborted || atMs >= armedMs) return
    disarm()
    armedMs = atMs
    disarm = clock.setTimeout(() => void endOverdue(), Math.max(0, atMs - clock.now()))
  }

  const untilDone = <T>(task: () => Promise<T>) => untilStored(task, { clock, log }, signal)

  function know(record: PostedRecord): void {
    known.set(record.fingerprint, record)
    deps.onKnown(record)
  }

  async function keep(record: PostedRecord): Promise<void> {
    await store.put(record)
    know(record)
  }

  /**
   * A refresh is known by heart: it comes every minute, and of each alert. The first is stored, for it says that the end
   * moves; then one of each resolve timeout that the end has moved by.
   */
  async function refresh(before: PostedRecord, record: PostedRecord): Promise<void> {
    const stretchOf = (one: PostedRecord) => Math.floor(deadlineOf(one) / deps.resolveTimeoutMs())
    const { isRefreshed, isInGrace } = before
    const isTheSame = deadlineOf(record) === deadlineOf(before) && record.isInGrace === isInGrace
    if (isTheSame) know({ ...before, ...record })
    else if (isInGrace || !isRefreshed || stretchOf(record) !== stretchOf(before))
      await keep({ ...record, isRefreshed: true })
    else know({ ...record, isRefreshed })
  }

  async function tell(event: AlertEvent): Promise<void> {
    if (!mayAct()) throw new CodedError('stopping', 'left for the next notifier', { retryable: true })
    try {
      const sequence = await untilDone(() => publish(event))
      await gate.run(() => takeIn(event, sequence), { urgent: false, signal })
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error
      await deps.refuse(event, error)
    }
  }

  /** Told first, then known: a crash in between tells the same transitions, with the same ids, again. */
  async function takeOne(posted: PostedAlert, { fingerprint, postedMs, id }: Posting): Promise<void> {
    const before = known.get(fingerprint)
    const { action, alert } = judgePosted(before, posted, postedMs)
    taken(action)
    const isFiring = action !== 'resolved' && action !== 'ended_before'
    const posting: PostedRecord = { fingerprint, alert, postedMs, isFiring }
    // What has waited in the queue for somebody to be at work is as what was taken before.
    const record = postedMs < begunMs ? sinceTakeOver(posting) : posting
    switch (action) {
      case 'overtaken':
        return
      case 'ended_before':
        // Who posts an end posts the same again; another one is of a beginning that has not come, or never will.
        if (!before || Date.parse(alert.endsAt) > Date.parse(before.alert.endsAt)) {
          const unheardSinceMs = before ? (before.unheardSinceMs ?? before.postedMs) : 0
          await keep({ ...record, unheardSinceMs })
        }
        return
      case 'refreshed':
        if (before) await refresh(before, record)
        break
      case 'late':
        // Each until it is done: the beginning is not told again because its end could not be.
        await untilDone(() => tell(toTransition(alert, { id, fingerprint, state: 'firing', atMs: postedMs })))
        if (before) await untilDone(() => tellEnd(before, `${id}-end`, before.postedMs))
        return
      default:
        await tell(
          toTransition(alert, { id, fingerprint, state: isFiring ? 'firing' : 'resolved', atMs: postedMs }),
        )
        await keep(record)
    }
    if (isFiring) arm(deadlineOf(record))
  }

  async function tellEnd(record: PostedRecord, id: string, atMs: number): Promise<void> {
    const { fingerprint, alert, postedMs } = record
    await tell(toTransition(alert, { id, fingerprint, state: 'resolved', atMs }))
    await keep({ fingerprint, alert, postedMs, isFiring: false })
  }

  async function endOne(fingerprint: string): Promise<void> {
    const record = known.get(fingerprint)
    const nowMs = clock.now()
    if (!record?.isFiring || deadlineOf(record) > nowMs) return
    await tellEnd(record, `posted-${fingerprint}-${deadlineOf(record).toString(36)}`, nowMs)
    taken('timed_out')
  }

  async function endOverdue(): Promise<void> {
    armedMs = Number.POSITIVE_INFINITY
    const nowMs = clock.now()
    const firing = [...known.values()].filter((record) => record.isFiring)
    const overdue = firing.filter((record) => deadlineOf(record) <= nowMs)
    const ended = await Promise.allSettled(
      overdue.map(({ fingerprint }) => inOrder(fingerprint, () => endOne(fingerprint))),
    )
    const failed = ended.find((result) => result.status === 'rejected')
    if (failed) log.warn({ err: failed.reason }, 'the end of a posted alert could not be stored yet')
    const earliestMs = clock.now() + (failed ? RETRY_MS : 1)
    for (const record of known.values()) if (record.isFiring) arm(Math.max(deadlineOf(record), earliestMs))
  }

  return {
    async restore() {
      const loaded = store.load()
      const held = loaded.map(sinceTakeOver)
      await Promise.all(held.map((record, n) => record !== loaded[n] && store.put(record)))
      for (const record of held) {
        know(record)
        if (record.isFiring) arm(deadlineOf(record))
      }
    },
    async take({ id, alerts, time }) {
      const postedMs = Date.parse(time)
      const ended = await Promise.allSettled(
        alerts.map((alert, n) => {
          const posting = { fingerprint: fingerprintOf(alert.labels), postedMs, id: `posted-${id}-${n}` }
          return inOrder(posting.fingerprint, () => untilDone(() => takeOne(alert, posting)))
        }),
      )
      const failed = ended.find((result) => result.status === 'rejected')
      if (failed) throw failed.reason
    },
    async forgetEndedBefore(ms) {
      const old = [...known.values()].filter((r) => !r.isFiring && Date.parse(r.alert.endsAt) < ms)
      for (const { fingerprint } of old) {
        await inOrder(fingerprint, async () => {
          if (known.get(fingerprint)?.isFiring) return
          await store.forget(fingerprint)
          known.delete(fingerprint)
        })
      }
    },
    stop: () => disarm(),
  }
}
