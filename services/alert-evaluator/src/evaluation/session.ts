import { setImmediate as nextTurn } from 'node:timers/promises'
import {
  createEngine,
  type Engine,
  type Moment,
  type RuleRef,
  type RuleSet,
  type Trigger,
} from '@tocsin/alerting'
import { type Bus, type ConsumeDeps, consumeOrdered, type Lease } from '@tocsin/runtime'
import { createHead, createIngester, type Series } from '@tocsin/tsdb'
import type { EvaluatorMetrics } from '../evaluator-metrics.ts'
import type { RuleBook } from '../rules/rule-book.ts'
import { openAlertBucket } from '../state/alert-bucket.ts'
import { createJournal } from '../state/journal.ts'
import { createProgress, openPosition } from '../state/position.ts'
import { createCatchUp } from './catch-up.ts'
import { createDeadlineTimer } from './deadline-timer.ts'
import { createSampleEvaluation } from './evaluate-samples.ts'
import { createEvaluationTime } from './evaluation-time.ts'
import { createFineTime } from './fine-time.ts'
import { type Cause, listenToEngine } from './listen-to-engine.ts'
import { readMetrics } from './read-metrics.ts'
import { adopt, restoreAlerts } from './restore-alerts.ts'
import { runRegularly } from './run-regularly.ts'
import { scheduleGroups } from './schedule-groups.ts'

const POSITION_EVERY_MS = 1000
const MAINTAIN_EVERY_MS = 60_000
const SETTLE_MS = 5000

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
  /** Series in the head. */
  series(): number
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
  const { signal } = aborter
  const bucket = await openAlertBucket(bus)
  const position = await openPosition(bus)
  const [{ records, unreadable }, stored] = await Promise.all([bucket.load(), position.read()])
  if (unreadable.length > 0)
    log.warn({ keys: unreadable }, 'stored alerts that cannot be read are left alone')

  const head = createHead()
  const journal = createJournal({
    ...deps,
    bucket,
    publish: (event) =>
      bus.publish(bus.subjects.alert(event.state, event.alertname), event, { msgId: event.id, signal }),
    isLeading: () => lease.isHeld(),
    onOvertaken: (error) => deps.onBroken(error.message),
    published: metrics.published,
    signal,
  })
  const listener = listenToEngine({ ...deps, journal, metrics, now: clock.now })
  const engine = createEngine({ ...deps, head, listener, monotonic: () => performance.now() })
  /** What was evaluated before, durably; without a position of before, all that is there now. */
  const evaluated = stored?.sequence ?? position.newest
  const progress = createProgress(evaluated)
  const timeOf = createEvaluationTime()
  const fineTime = createFineTime(clock.now, () => performance.now())
  const stops: (() => void)[] = []
  let sequence = 0
  let live = false

  /** Series that a message of the past changed. */
  let changed: Series[] = []
  const ignoreSamples = head.watchSamples((series) => void changed.push(series))

  const momentNow = (trigger: Trigger): Moment => ({
    atMs: timeOf(clock.now(), trigger === 'sample' ? engine.takeNewestMs() : undefined),
    sequence,
    trigger,
  })
  /** Runs evaluations at a moment, and follows their durability. */
  function evaluate(moment: Moment, work: (moment: Moment) => void, cause?: Cause): void {
    listener.cause = cause
    work(moment)
    progress.begin(moment.sequence, listener.take())
    if (live) deadlines.arm()
  }

  const deadlines = createDeadlineTimer(engine, clock, () =>
    evaluate(momentNow('deadline'), engine.evaluateDue),
  )
  const groups = scheduleGroups(clock, (group) =>
    evaluate(momentNow('interval'), (moment) => engine.evaluateGroup(group, moment)),
  )
  const samples = createSampleEvaluation({
    engine,
    clock,
    evaluate(work, cause) {
      evaluate(momentNow('sample'), work, cause)
      metrics.lag.observe(Math.max(0, fineTime() - cause.eventMs) / 1000)
    },
  })

  const catchUp = createCatchUp({
    engine,
    timeOf,
    evaluate: (moment, cause, work) => evaluate(moment, work, cause),
    now: clock.now,
  })
  const stages = readMetrics(createIngester(head), bus.subjects, {
    before(delivery) {
      if (live) return
      if (delivery.sequence > evaluated) catchUp.before(delivery)
      changed = []
    },
    after(delivery) {
      sequence = delivery.sequence
      if (live) samples.note({ eventMs: delivery.timeMs, receivedMs: clock.now() })
      else if (sequence > evaluated) catchUp.after(delivery, changed)
    },
  })

  engine.replaceRules(book.current(), { atMs: clock.now(), sequence: 0, trigger: 'changed' })
  const orphans = restoreAlerts(engine, records, stored?.renewed ?? false)
  for (const { key, record } of records) if (record.unpublished) journal.resume(key, record)

  /** Alerts of rules that are gone end, unless the rules may be in a file that is refused. */
  function endOrphans(moment: Moment): void {
    if (!book.complete()) return
    for (const { rule, alerts } of orphans.values()) engine.endRule(rule, alerts, moment)
    orphans.clear()
  }
  function changeRules(rules: RuleSet): void {
    evaluate(momentNow('changed'), (moment) => {
      const known = engine.rules().rules
      engine.replaceRules(rules, moment)
      adopt(engine, orphans)
      endOrphans(moment)
      for (const group of rules.groups)
        if (group.rules.some(({ id, rule }) => known.get(id)?.rule !== rule))
          engine.evaluateGroup(group, moment)
    })
    groups.set(rules.groups)
  }
  const writePosition = async () => {
    const durable = progress.durable()
    if (durable === progress.written || !lease.isHeld()) return
    await position.write(durable)
    progress.written = durable
  }
  function goLive(): void {
    catchUp.finish(clock.now())
    engine.dropMarks()
    ignoreSamples()
    changed = []
    live = true
    evaluate(momentNow('changed'), (moment) => {
      endOrphans(moment)
      for (const group of engine.rules().groups) engine.evaluateGroup(group, moment)
    })
    groups.set(engine.rules().groups)
    // They may have changed while the past was read.
    if (engine.rules() !== book.current()) changeRules(book.current())
    const maintain = async () => {
      for (const _ of head.inSteps.maintain(clock.now())) await nextTurn()
      engine.forgetDeparted(clock.now())
    }
    stops.push(
      book.onChange(changeRules),
      runRegularly(deps, 'writing the position', POSITION_EVERY_MS, writePosition),
      runRegularly(deps, 'maintaining the head', MAINTAIN_EVERY_MS, maintain),
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
    series: () => head.stats().series,
    live: reader.caughtUp,
    async stop() {
      await reader.stop()
      samples.flush()
      for (const stop of [samples.stop, groups.stop, deadlines.stop, ...stops]) stop()
      if (lease.isHeld()) {
        await Promise.race([
          journal.settled(),
          new Promise<void>((resolve) => clock.setTimeout(resolve, SETTLE_MS)),
        ])
        await writePosition().catch(() => {})
      }
      aborter.abort()
    },
  }
}
