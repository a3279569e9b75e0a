import { backoffMs, type Clock, createThrottle, type Log, sleep } from '@tocsin/runtime'
import type { SendOutcome } from '../delivery/channel.ts'
import type { AlertmanagerMetrics } from './alertmanager-metrics.ts'
import type { Course } from './course.ts'
import type { PostAlerts } from './post-alerts.ts'
import { toPostable } from './to-postable.ts'

/** Tells one Alertmanager of alerts: the newest state of each, until it has taken it, and again while it lasts. */
export interface TargetTeller {
  readonly name: string
  /** The alert's present state is to be told. */
  mark(fingerprint: string): void
  /** Since when it cannot be reached; undefined while it can, or as long as nothing is known. Milliseconds. */
  downSinceMs(): number | undefined
  stop(): Promise<void>
}

export interface TellDeps {
  readonly name: string
  readonly post: PostAlerts
  /** The alerts to tell of, as they stand. */
  readonly courses: ReadonlyMap<string, Course>
  readonly resendMs: number
  readonly clock: Clock
  readonly log: Log
  readonly metrics: AlertmanagerMetrics
  readonly onAccepted: (told: readonly Course[]) => void
  /** It can no longer be reached; it can be again, or has begun anew, perhaps knowing nothing of what it had told. */
  readonly onReach: (state: 'down' | 'anew', name: string) => void
}

const MOST_A_BATCH = 64
/** With nothing to tell, so often it is asked whether it could be told. */
const PROBE_EVERY_MS = 5000
const FIRST_RETRY_MS = 250
const LAST_RETRY_MS = 5000

/** Begins at once. It ends with stop(). */
export function tellTarget(deps: TellDeps): TargetTeller {
  const { name, post, courses, resendMs, clock, log, metrics } = deps
  const waiting = new Set<string>()
  const sentMs = new Map<string, number>()
  const stopping = new AbortController()
  const throttle = createThrottle(clock)
  let downSinceMs: number | undefined
  let failures = 0
  let askedMs = 0
  let startedAt: string | undefined
  let poke = () => {}

  function count(): void {
    metrics.queue.set({ alertmanager: name }, waiting.size)
  }

  function beginAnew(): void {
    for (const fingerprint of courses.keys()) waiting.add(fingerprint)
    deps.onReach('anew', name)
  }

  /** A restart that no request fell into is seen by when it says that it was started. */
  async function lookForRestart(): Promise<void> {
    if (clock.now() < askedMs + PROBE_EVERY_MS) return
    askedMs = clock.now()
    const answer = await post.startedAt(stopping.signal)
    if (answer !== undefined && startedAt !== undefined && answer !== startedAt) {
      log.info({ alertmanager: name, startedAt: answer }, 'this Alertmanager was started anew')
      beginAnew()
    }
    startedAt = answer ?? startedAt
  }

  function reached(outcome: SendOutcome): void {
    if (outcome.result !== 'retry') {
      failures = 0
      metrics.up.set({ alertmanager: name }, 1)
      if (downSinceMs === undefined) return
      log.info({ alertmanager: name, downMs: clock.now() - downSinceMs }, 'this Alertmanager is back')
      downSinceMs = undefined
      beginAnew()
      return
    }
    failures++
    metrics.up.set({ alertmanager: name }, 0)
    const { reason, detail } = outcome
    if (downSinceMs !== undefined) return
    downSinceMs = clock.now()
    log.warn(
      { alertmanager: name, reason, detail },
      'this Alertmanager cannot be told of alerts; it is tried again',
    )
    deps.onReach('down', name)
  }

  async function request(batch: readonly Course[]): Promise<SendOutcome> {
    const begun = performance.now()
    const outcome = await post.post(
      batch.map((course) => toPostable(course, clock.now(), resendMs)),
      stopping.signal,
    )
    if (stopping.signal.aborted && outcome.result === 'retry') return outcome
    metrics.latency.observe({ alertmanager: name }, (performance.now() - begun) / 1000)
    if (outcome.result !== 'delivered') metrics.errors.inc({ alertmanager: name, reason: outcome.reason })
    reached(outcome)
    return outcome
  }

  /** Tells of a batch; of one that is refused, its halves, until it is known which alert is at fault. */
  async function tell(batch: readonly Course[]): Promise<SendOutcome> {
    const outcome = await request(batch)
    const [first] = batch
    if (outcome.result === 'delivered') {
      for (const { fingerprint } of batch) sentMs.set(fingerprint, clock.now())
      metrics.sent.inc({ alertmanager: name }, batch.length)
      if (first) deps.onAccepted(batch)
    } else if (outcome.result === 'refused' && batch.length > 1) {
      const half = Math.ceil(batch.length / 2)
      for (const part of [batch.slice(0, half), batch.slice(half)]) {
        const answer = await tell(part)
        if (answer.result === 'retry') for (const { fingerprint } of part) waiting.add(fingerprint)
      }
    } else if (outcome.result === 'refused' && first) refuse(first, outcome)
    return outcome
  }

  function refuse(course: Course, { reason, detail }: SendOutcome): void {
    sentMs.set(course.fingerprint, clock.now())
    metrics.refused.inc({ alertmanager: name })
    const turn = throttle('refused')
    const { labels } = course.event
    if (turn)
      log.error({ alertmanager: name, labels, reason, detail, ...turn }, 'Alertmanager refuses an alert')
  }

  /** Marks what is to be told of again by now. */
  function markDue(nowMs: number): void {
    for (const fingerprint of courses.keys()) {
      const lastMs = sentMs.get(fingerprint)
      if (lastMs !== undefined && lastMs + resendMs <= nowMs) waiting.add(fingerprint)
    }
    for (const fingerprint of sentMs.keys()) if (!courses.has(fingerprint)) sentMs.delete(fingerprint)
  }

  /** How long there is nothing to do; then it is at least asked whether it is there. */
  function restMs(nowMs: number): number {
    const dueMs = [...sentMs.values()].reduce(
      (least, ms) => Math.min(least, ms + resendMs),
      nowMs + PROBE_EVERY_MS,
    )
    return waiting.size > 0 ? 0 : Math.max(1, dueMs - nowMs)
  }

  function takeBatch(): readonly Course[] {
    const batch: Course[] = []
    for (const fingerprint of waiting) {
      if (batch.length === MOST_A_BATCH) break
      waiting.delete(fingerprint)
      const course = courses.get(fingerprint)
      if (course) batch.push(course)
    }
    return batch
  }

  async function turn(): Promise<number> {
    markDue(clock.now())
    const batch = takeBatch()
    const outcome = await tell(batch)
    if (outcome.result === 'retry') for (const { fingerprint } of batch) waiting.add(fingerprint)
    else await lookForRestart()
    count()
    if (outcome.result === 'retry')
      return Math.max(outcome.retryAfterMs ?? 0, backoffMs(failures - 1, FIRST_RETRY_MS, LAST_RETRY_MS))
    return restMs(clock.now())
  }

  async function run(): Promise<void> {
    for (const fingerprint of courses.keys()) waiting.add(fingerprint)
    while (!stopping.signal.aborted) {
      const ready = new Promise<void>((resolve) => {
        poke = resolve
      })
      const idleMs = await turn()
      if (idleMs === 0) continue
      const cut = new AbortController()
      const rest = sleep(clock, idleMs, AbortSignal.any([stopping.signal, cut.signal]))
      // A new alert is told at once, but not to what has just failed.
      await (downSinceMs === undefined ? Promise.race([rest, ready]) : rest)
      cut.abort()
    }
  }
  const ran = run()

  return {
    name,
    mark(fingerprint) {
      waiting.add(fingerprint)
      count()
      poke()
    },
    downSinceMs: () => downSinceMs,
    async stop() {
      stopping.abort()
      await ran
      post.close()
    },
  }
}
