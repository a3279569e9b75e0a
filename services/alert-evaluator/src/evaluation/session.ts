import {
  type Bus,
  type ConsumeDeps,
  consumeOrdered,
  type Delivery,
  type Lease,
  messageOf,
} from '@tocsin/runtime'
import { createHead, createIngester, type Series } from '@tocsin/tsdb'
import type { EvaluatorMetrics } from '../evaluator-metrics.ts'
import type { RuleBook } from '../rules/rule-book.ts'
import type { RuleRef } from '../rules/rule-set.ts'
import { openAlertBucket } from '../state/alert-bucket.ts'
import { createJournal } from '../state/journal.ts'
import { createProgress, openPosition } from '../state/position.ts'
import { createEngine, type Engine } from './engine.ts'
import type { Moment, Trigger } from './evaluate-rule.ts'
import { createEvaluationTime } from './evaluation-time.ts'
import { type Cause, listenToEngine } from './listen-to-engine.ts'
import { readMetrics } from './read-metrics.ts'
import { replayDeadlines } from './replay-deadlines.ts'
import { adopt, restoreAlerts } from './restore-alerts.ts'
import { scheduleGroups } from './schedule-groups.ts'

const POSITION_EVERY_MS = 1000
const MAINTAIN_EVERY_MS = 60_000
/** A deadline that has passed without effect, because its rule fails, is tried again after this. */
const RETRY_DEADLINE_MS = 1000

export interface SessionDeps extends ConsumeDeps {
  readonly bus: Bus
  readonly lease: Lease
  readonly book: RuleBook
  readonly evaluatorMetrics: EvaluatorMetrics
  readonly source: string
  readonly externalURL: string
  readonly linkTo: (rule: RuleRef) => string
  /** The session cannot go on as it is, and must be begun anew. */
  readonly onBroken: (reason: string) => void
}

/** The evaluator at work: from taking up the lease until it is laid down. */
export interface Session {
  readonly engine: Engine
  /** Resolves when the past has been caught up with. */
  readonly live: Promise<void>
  stop(): Promise<void>
}

/**
 * Restores the alerts, replays the METRICS stream into a head (evaluating only what had not been evaluated, at its own
 * time), then evaluates each sample as it comes, each group at its interval, and each alert when it is due.
 */
export async function startSession(deps: SessionDeps): Promise<Session> {
  const { bus, lease, book, evaluatorMetrics: metrics, clock, log } = deps
  const aborter = new AbortController()
  const head = createHead()
  const ingester = createIngester(head)
  const bucket = await openAlertBucket(bus)
  const journal = createJournal({
    bucket,
    publish: (event) =>
      bus.publish(bus.subjects.alert(event.state, event.alertname), event, {
        msgId: event.id,
        signal: aborter.signal,
      }),
    isLeading: () => lease.isHeld(),
    onOvertaken: (error) => deps.onBroken(error.message),
    clock,
    log,
    published: metrics.published,
    signal: aborter.signal,
  })
  const listener = listenToEngine({ ...deps, journal, metrics, now: clock.now })
  const engine = createEngine({
    head,
    externalURL: deps.externalURL,
    listener,
    monotonic: () => performance.now(),
  })

  const position = await openPosition(bus)
  const [{ records, unreadable }, stored] = await Promise.all([bucket.load(), position.read()])
  if (unreadable.length > 0)
    log.warn({ keys: unreadable.slice(0, 10) }, 'stored alerts that cannot be read are left alone')
  const evaluated = stored?.sequence ?? position.newest
  const progress = createProgress(evaluated)
  const timeOf = createEvaluationTime()
  let sequence = 0
  let live = false
  const touched = new Set<Series>()
  let flushing: NodeJS.Immediate | undefined
  let cancelDeadline = () => {}
  /** The oldest message that waits for the next flush. */
  let waiting: Cause | undefined

  /** Runs evaluations at a moment, and follows their durability. */
  function evaluate(moment: Moment, work: (moment: Moment) => void): void {
    work(moment)
    progress.begin(moment.sequence, listener.take())
    listener.cause = undefined
    if (live) armDeadline()
  }
  const momentNow = (trigger: Trigger, newestMs?: number): Moment => ({
    atMs: timeOf(clock.now(), newestMs),
    sequence,
    trigger,
  })

  function armDeadline(): void {
    cancelDeadline()
    const due = engine.nextDeadline()
    if (due === undefined) return
    const wait = due - clock.now()
    cancelDeadline = clock.setTimeout(fireDeadline, wait > 0 ? wait : RETRY_DEADLINE_MS)
  }
  function fireDeadline(): void {
    const due = engine.nextDeadline()
    if (due !== undefined && due <= clock.now()) evaluate(momentNow('deadline'), engine.evaluateDue)
    else armDeadline()
  }

  function flush(): void {
    flushing = undefined
    const cause = waiting
    waiting = undefined
    listener.cause = cause
    const series = [...touched]
    touched.clear()
    evaluate(momentNow('sample', newestOf(series)), (moment) => engine.evaluateReaders(series, moment))
    if (cause) metrics.lag.observe(Math.max(0, clock.now() - cause.eventMs) / 1000)
  }

  const stages = readMetrics(ingester, bus.subjects, {
    before(delivery) {
      if (!live && delivery.sequence > evaluated) replayDeadlines(engine, delivery.timeMs, sequence)
    },
    after(delivery, changed) {
      sequence = delivery.sequence
      if (live) return noteSample(delivery, changed)
      if (delivery.sequence <= evaluated) return
      listener.cause = { eventMs: delivery.timeMs, receivedMs: clock.now() }
      const atMs = timeOf(delivery.timeMs, newestOf(changed))
      evaluate({ atMs, sequence, trigger: 'sample', frozenFrom: sequence }, (moment) =>
        engine.evaluateReaders(changed, moment),
      )
    },
  })
  function noteSample(delivery: Delivery, changed: readonly Series[]): void {
    for (const series of changed) touched.add(series)
    waiting ??= { eventMs: delivery.timeMs, receivedMs: clock.now() }
    // All messages that have come are read before the rules are evaluated once.
    flushing ??= setImmediate(flush)
  }

  const groups = scheduleGroups(clock, (group) =>
    evaluate(momentNow('interval'), (m) => engine.evaluateGroup(group, m)),
  )
  const repeat = (everyMs: number, act: () => unknown) => {
    let cancel = () => {}
    const again = async () => {
      await Promise.resolve(act()).catch((error: unknown) =>
        log.warn({ reason: messageOf(error) }, 'will be tried again'),
      )
      if (!aborter.signal.aborted) cancel = clock.setTimeout(() => void again(), everyMs)
    }
    void again()
    return () => cancel()
  }
  let written = -1
  const writePosition = async () => {
    const durable = progress.durable()
    if (durable === written || !lease.isHeld()) return
    await position.write(durable)
    written = durable
  }

  engine.replaceRules(book.current(), { atMs: clock.now(), sequence: 0, trigger: 'changed' })
  const orphans = restoreAlerts(engine, records, stored?.renewed ?? false)
  for (const { key, record } of records) if (record.unpublished) journal.resume(key, record)

  /** Alerts of rules that are gone end, unless the rules may be in a file that is refused. */
  function endOrphans(moment: Moment): void {
    if (!book.complete()) return
    for (const { rule, alerts } of orphans.values()) engine.endRule(rule, alerts, moment)
    orphans.clear()
  }

  const stops: (() => void)[] = []
  function goLive(): void {
    replayDeadlines(engine, clock.now(), sequence)
    live = true
    const moment = momentNow('changed')
    evaluate(moment, () => {
      if (book.complete())
        for (const { rule, alerts } of orphans.values()) engine.endRule(rule, alerts, moment)
      for (const group of engine.rules().groups) engine.evaluateGroup(group, moment)
    })
    groups.set(engine.rules().groups)
    stops.push(
      book.onChange((rules) => {
        const changed = momentNow('changed')
        const known = engine.rules().rules
        evaluate(changed, () => {
          engine.replaceRules(rules, changed)
          adopt(engine, orphans)
          endOrphans(changed)
          for (const group of rules.groups)
            if (group.rules.some(({ id, rule }) => known.get(id)?.rule !== rule))
              engine.evaluateGroup(group, changed)
        })
        groups.set(rules.groups)
      }),
      repeat(POSITION_EVERY_MS, writePosition),
      repeat(MAINTAIN_EVERY_MS, () => {
        head.maintain(clock.now())
        engine.forgetDeparted(clock.now())
      }),
    )
  }

  const reader = await consumeOrdered(deps, {
    stream: 'METRICS',
    stages,
    deadLetters: false,
    onCaughtUp: goLive,
    onRecreated: () => deps.onBroken('the METRICS stream was made anew'),
  }).catch((error: unknown) => {
    aborter.abort()
    throw error
  })

  return {
    engine,
    live: reader.caughtUp,
    async stop() {
      await reader.stop()
      if (flushing) {
        clearImmediate(flushing)
        flush()
      }
      groups.stop()
      cancelDeadline()
      for (const stop of stops) stop()
      await Promise.race([journal.settled(), abortsWhenLost()])
      if (lease.isHeld()) await writePosition().catch(() => {})
      aborter.abort()
    },
  }

  async function abortsWhenLost(): Promise<void> {
    if (!lease.isHeld()) return
    await new Promise<void>((resolve) => clock.setTimeout(resolve, 5000))
  }
}

function newestOf(series: readonly Series[]): number | undefined {
  let newest: number | undefined
  for (const { lastTimeMs } of series) newest = Math.max(newest ?? lastTimeMs, lastTimeMs)
  return newest
}
