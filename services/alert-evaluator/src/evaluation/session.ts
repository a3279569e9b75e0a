import { randomUUID } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { createEngine, type Engine, type Moment, type RuleRef, type Trigger } from '@tocsin/alerting'
import {
  type Bus,
  type ConsumeDeps,
  consumeOrdered,
  messageOf,
  type OrderedConsumer,
  sleep,
} from '@tocsin/runtime'
import { createHead, createIngester, type Head } from '@tocsin/tsdb'
import type { EvaluatorMetrics } from '../evaluator-metrics.ts'
import { shardOf, shardOfKey } from '../replicas/shards.ts'
import type { Tenure, Worker } from '../replicas/share-work.ts'
import type { RuleBook } from '../rules/rule-book.ts'
import { OvertakenError, openAlertBucket } from '../state/alert-bucket.ts'
import { createJournal } from '../state/journal.ts'
import { openPositions } from '../state/positions.ts'
import { createProgress } from '../state/progress.ts'
import { createBacklog } from './backlog.ts'
import { createCatchUp } from './catch-up.ts'
import { createDeadlineTimer } from './deadline-timer.ts'
import { createSampleEvaluation } from './evaluate-samples.ts'
import { createEvaluationTime } from './evaluation-time.ts'
import { createFineTime } from './fine-time.ts'
import { type Cause, listenToEngine } from './listen-to-engine.ts'
import { createParts } from './parts.ts'
import { publishOutputs } from './publish-outputs.ts'
import { readMetrics } from './read-metrics.ts'
import { replayTail } from './replay-tail.ts'
import { adopt, type Orphans, restoreAlerts } from './restore-alerts.ts'
import { runRegularly } from './run-regularly.ts'
import { scheduleGroups } from './schedule-groups.ts'
import { createTail } from './tail.ts'

const POSITION_EVERY_MS = 1000
const MAINTAIN_EVERY_MS = 60_000
const SETTLE_MS = 5000
// Of what is live, so much is remembered for taking over; a start remembers all that was not evaluated, within bounds.
const TAIL_MS = 600_000
const TAIL_UPDATES = 2_000_000
const TAIL_UPDATES_AT_START = 8_000_000

export interface SessionDeps extends ConsumeDeps {
  readonly bus: Bus
  readonly book: RuleBook
  readonly evaluatorMetrics: EvaluatorMetrics
  readonly source: string
  readonly externalURL: string
  readonly linkTo: (rule: RuleRef) => string
  /** The session cannot go on as it is, and must be begun anew. */
  readonly onBroken: (reason: string) => void
  /** What only the holder of a part may write was written by somebody else. */
  readonly onOvertaken: (shard: number) => void
}

/** The evaluator at work: a head that follows the stream, and the parts of the rules that are evaluated over it. */
export interface Session extends Worker {
  readonly engine: Engine
  /** What the rules read. */
  readonly head: Head
  owns(group: string): boolean
  /** Series in the head. */
  series(): number
  /** Begins to read the stream; parts that are there by then are evaluated on the way. */
  read(): Promise<void>
  /** Resolves when the stream's past is in the head. */
  readonly caughtUp: Promise<void>
  stop(): Promise<void>
}

/**
 * Reads the METRICS stream into a head. A part of the rules that is taken up has its alerts restored and goes through
 * what was not evaluated of the stream, at its own time; from then on each sample is evaluated as it comes, each group
 * at its interval, and each alert when it is due.
 */
export async function startSession(deps: SessionDeps): Promise<Session> {
  const { bus, book, evaluatorMetrics: metrics, clock, log } = deps
  const aborter = new AbortController()
  const { signal } = aborter
  const [bucket, positions] = await Promise.all([openAlertBucket(deps), openPositions(bus)])

  const head = createHead()
  const parts = createParts()
  const tail = createTail(positions.least)
  const journal = createJournal({
    ...deps,
    bucket,
    publish: (event) =>
      bus.publish(bus.subjects.alert(event.state, event.alertname), event, { msgId: event.id, signal }),
    leaseOf: (key) => parts.leaseOf(shardOfKey(key)),
    onOvertaken(key, error) {
      log.warn({ reason: error.message }, 'a part of the rules is read anew')
      deps.onOvertaken(shardOfKey(key))
    },
    published: metrics.published,
    signal,
  })
  const listener = listenToEngine({ ...deps, journal, metrics, now: clock.now })
  const owns = (group: string) => parts.evaluates(shardOf(group))
  const outputs = publishOutputs({ ...deps, metrics }, randomUUID())
  const engine = createEngine({
    ...deps,
    head,
    listener,
    monotonic: () => performance.now(),
    owns,
    wrote: ({ labels }, timeMs, value) => outputs.write(labels, timeMs, value),
  })
  const progress = createProgress(0)
  const timeOf = createEvaluationTime()
  const fineTime = createFineTime(clock.now, () => performance.now())
  const orphans: Orphans = new Map()
  const stops: (() => void)[] = []
  let sequence = 0
  let live = false
  const caughtUp = Promise.withResolvers<void>()
  /** While parts are taken up, what comes waits in the tail. */
  let paused = false
  let adoptedWrites: Promise<void>[] = []

  const momentNow = (trigger: Trigger): Moment => ({
    atMs: timeOf(clock.now(), trigger === 'sample' ? engine.takeNewestMs() : undefined),
    sequence,
    trigger,
  })
  /** Runs evaluations at a moment, and follows their durability. */
  function evaluate(moment: Moment, work: (moment: Moment) => void, cause?: Cause): void {
    listener.cause = cause
    work(moment)
    const writes = listener.take()
    progress.begin(moment.sequence, writes)
    if (paused || !live) adoptedWrites.push(...writes)
    else deadlines.arm()
  }

  const deadlines = createDeadlineTimer(engine, clock, () => {
    if (live && !paused) evaluate(momentNow('deadline'), engine.evaluateDue)
  })
  const missed = new Set<string>()
  const groups = scheduleGroups(clock, (group) => {
    if (paused || !live) missed.add(group.id)
    else evaluate(momentNow('interval'), (moment) => engine.evaluateGroup(group, moment))
  })
  const samples = createSampleEvaluation({
    engine,
    clock,
    evaluate(work, cause) {
      passBy.flush()
      evaluate(momentNow('sample'), work, cause)
      metrics.lag.observe(Math.max(0, fineTime() - cause.eventMs) / 1000)
    },
  })

  const passBy = createCatchUp({
    engine,
    timeOf: createEvaluationTime(),
    evaluate: (moment, cause, work) => evaluate(moment, work, cause),
    now: clock.now,
    concerns: parts.concerns,
  })
  const backlog = createBacklog({ wall: clock.now, monotonic: () => performance.now() })
  /** Whether the message in hand is evaluated at its own time rather than with what comes with it. */
  let passes = false
  const changes = tail.follow(head, engine.isRead)
  const stages = readMetrics(
    createIngester(head),
    bus.subjects,
    {
      before(delivery) {
        changes.begin()
        passes = !paused && (live ? backlog.isBehind(delivery.timeMs) : delivery.sequence > parts.least())
        if (passes) passBy.before(delivery)
      },
      after(delivery) {
        sequence = delivery.sequence
        const message = { timeMs: delivery.timeMs, sequence, ...changes.take() }
        tail.record(message)
        if (!live) tail.trim(Number.NEGATIVE_INFINITY, TAIL_UPDATES_AT_START)
        if (passes) passBy.after(message)
        // The rules that it concerns are marked all the same, and looked at once more when the backlog is over.
        if (live && !paused) samples.note({ eventMs: delivery.timeMs, receivedMs: clock.now() })
      },
    },
    outputs.publisher,
  )
  engine.replaceRules(book.current(), { atMs: clock.now(), sequence: 0, trigger: 'changed' })

  const ownGroups = () => engine.rules().groups.filter(({ id }) => owns(id))
  /** Alerts of rules that are gone end, unless the rules may be in a file that is refused. */
  function endOrphans(moment: Moment): void {
    if (!book.complete()) return
    for (const { rule, alerts } of orphans.values()) engine.endRule(rule, alerts, moment)
    orphans.clear()
  }
  /** Takes the rules as they are now, and evaluates the groups that are new or changed, or asked for. */
  function takeRules(moment: Moment, isAsked: (group: string) => boolean): void {
    const known = engine.rules().rules
    const rules = book.current()
    if (rules !== engine.rules()) {
      engine.replaceRules(rules, moment)
      // Before those are ended whose rule is not there: it may just have come.
      adopt(engine, orphans)
    }
    endOrphans(moment)
    for (const group of ownGroups())
      if (isAsked(group.id) || group.rules.some(({ id, rule }) => known.get(id)?.rule !== rule))
        engine.evaluateGroup(group, moment)
    groups.set(ownGroups())
  }
  function changeRules(): void {
    if (paused || !live) return
    evaluate(momentNow('changed'), (moment) => takeRules(moment, () => false))
  }
  const writePositions = async () => {
    if (paused || !live) return
    const durable = progress.durable()
    await Promise.all(parts.positioned().map((shard) => writePosition(shard, durable)))
  }
  async function writePosition(shard: number, durable: number): Promise<void> {
    if (!parts.leaseOf(shard)?.isHeld()) return
    await positions.write(shard, durable).catch((error: unknown) => {
      if (!(error instanceof OvertakenError)) throw error
      deps.onOvertaken(shard)
    })
  }

  /** Reads what is stored of parts, and has them go through what they have not seen. */
  async function takeUp(tenures: readonly Tenure[]): Promise<void> {
    const wanted = new Set(tenures.map(({ shard }) => shard))
    const [{ records, unreadable }, from] = await Promise.all([
      bucket.load((key) => wanted.has(shardOfKey(key))),
      Promise.all(tenures.map(({ shard }) => positions.read(shard))),
    ])
    if (unreadable.length > 0)
      log.warn({ keys: unreadable }, 'stored alerts that cannot be read are left alone')
    samples.flush()
    passBy.flush()
    paused = true
    parts.reach(sequence)
    for (const [i, tenure] of tenures.entries())
      parts.add(tenure, from[i]?.sequence ?? (live ? sequence : positions.newest))
    const renewed = from.some((one) => one?.renewed)
    for (const [id, orphan] of restoreAlerts(engine, records, renewed)) orphans.set(id, orphan)
    for (const { key, record } of records) if (record.unpublished) journal.resume(key, record)
    // Nothing is read yet: they are evaluated on the way.
    if (sequence > 0)
      await replayTail({
        tail,
        parts,
        engine,
        now: clock.now,
        evaluate: (moment, cause, work) => evaluate(moment, work, cause),
        signal,
        onGap: (shards) => {
          metrics.gaps.inc(shards.length)
          log.warn(
            { shards },
            'these parts had not been evaluated for so long that some of it is passed over',
          )
        },
      })
  }

  /** What was paused goes on: everything is evaluated as it comes. */
  function resume(tenures: readonly Tenure[]): void {
    paused = false
    parts.reach(sequence)
    if (!live) return
    const adopted = new Set(tenures.map(({ shard }) => shard))
    evaluate(momentNow('changed'), (moment) =>
      takeRules(moment, (group) => adopted.has(shardOf(group)) || missed.has(group)),
    )
    missed.clear()
    evaluate(momentNow('sample'), (moment) => void engine.evaluateMarked(moment))
    positionWhenDurable(parts.tenures())
  }

  function positionWhenDurable(tenures: readonly Tenure[]): void {
    const writes = adoptedWrites
    adoptedWrites = []
    void Promise.all(writes)
      .then(() => {
        parts.mayWritePosition(tenures)
        return writePositions()
      })
      .catch((error: unknown) => log.debug({ reason: messageOf(error) }, 'positions wait for the next time'))
  }

  /** The past is read, and evaluated as far as parts are there. */
  function goLive(): void {
    if (!paused) passBy.finish(clock.now())
    engine.dropMarks()
    live = true
    if (!paused) resume(parts.tenures())
    else for (const { id } of ownGroups()) missed.add(id)
    const maintain = async () => {
      for (const _ of head.inSteps.maintain(clock.now())) await nextTurn()
      engine.forgetDeparted(clock.now())
      tail.trim(clock.now() - TAIL_MS, TAIL_UPDATES)
    }
    stops.push(
      book.onChange(changeRules),
      runRegularly(deps, 'writing the positions', POSITION_EVERY_MS, writePositions),
      runRegularly(deps, 'maintaining the head', MAINTAIN_EVERY_MS, maintain),
    )
    caughtUp.resolve()
  }

  function leave(shards: readonly number[]): void {
    for (const shard of shards) parts.stopEvaluating(shard)
    engine.release((group) => shards.includes(shardOf(group)))
    for (const id of orphans.keys()) if (shards.includes(shardOfKey(id))) orphans.delete(id)
    groups.set(ownGroups())
    deadlines.arm()
  }

  let reader: OrderedConsumer | undefined

  return {
    engine,
    head,
    owns,
    series: () => head.stats().series,
    caughtUp: caughtUp.promise,
    async read() {
      reader = await consumeOrdered(deps, {
        stream: 'METRICS',
        stages,
        deadLetters: false,
        keepsNoBytes: true,
        onCaughtUp: goLive,
        onRecreated: () => deps.onBroken('the METRICS stream was made anew'),
      })
    },
    async adopt(tenures) {
      try {
        await takeUp(tenures)
      } finally {
        if (paused) resume(tenures)
      }
    },
    async release(shard) {
      samples.flush()
      passBy.flush()
      const evaluated = Math.max(sequence, parts.cursorOf(shard))
      leave([shard])
      const settled = journal.settled((key) => shardOfKey(key) === shard)
      await Promise.race([
        settled.then(() => writePosition(shard, evaluated)),
        sleep(clock, SETTLE_MS, signal),
      ])
      parts.remove(shard)
    },
    drop(shards) {
      leave(shards)
      for (const shard of shards) parts.remove(shard)
    },
    async stop() {
      await reader?.stop()
      for (const stop of [samples.stop, groups.stop, deadlines.stop, changes.stop, ...stops]) stop()
      await outputs.stop()
      aborter.abort()
    },
  }
}
