import { type AlertEvent, fingerprint, type OutboxAlerts } from '@tocsin/contract'
import type { Clock, Log } from '@tocsin/runtime'
import { createInOrder } from '../delivery/in-order.ts'
import { untilStored } from '../outbox/until-stored.ts'
import type { AlertmanagerMetrics } from './alertmanager-metrics.ts'
import { type Course, takeTransition, turnDirect } from './course.ts'
import type { CourseStore } from './course-store.ts'
import { judgeMention } from './judge-mention.ts'
import type { TargetTeller, TellDeps } from './tell-target.ts'
import { withoutEmpty } from './to-postable.ts'
import { type Patience, type Situation, whenDirect } from './when-direct.ts'

/** Which way the news of each alert takes: through an Alertmanager, or directly where none can tell it. */
export interface Courses {
  /** Reads what is stored, does what a predecessor left undone, and begins to tell the Alertmanagers. */
  start(): Promise<void>
  /** Whether Alertmanager is, or was, told of this alert. */
  concerns(event: AlertEvent): boolean
  /** Takes in one transition; resolves when nothing of it can be lost. Answers the way that it begins. */
  take(event: AlertEvent, seq: number): Promise<'alertmanager' | 'direct'>
  /** What of a webhook's group is news. The same webhook is answered the same again, also after a crash. */
  screen(notification: OutboxAlerts): Promise<Screened>
  /** What is amiss, for people to read. */
  trouble(): string | undefined
  /** Forgets what ended long ago. */
  tidy(): Promise<void>
  stop(): Promise<void>
}

export interface Screened {
  readonly alerts: OutboxAlerts['alerts']
  /** Why others are not told again. */
  readonly withheld: readonly string[]
}

export interface CoursesDeps {
  readonly targets: readonly ((deps: Omit<TellDeps, 'name' | 'post' | 'resendMs'>) => TargetTeller)[]
  /** Names the Alertmanagers: whose webhooks were seen. */
  readonly targetNames: string
  readonly patience: Patience
  readonly store: CourseStore
  /** Stores a transition to be told directly, under an id that follows from its own. */
  readonly publishDirect: (event: AlertEvent, heard: 'nothing' | 'firing') => Promise<unknown>
  readonly incarnation: string
  readonly clock: Clock
  readonly log: Log
  readonly metrics: AlertmanagerMetrics
  readonly signal: AbortSignal
}

/** As long as Prometheus goes on telling of an end. */
const TELL_ENDS_MS = 15 * 60_000
/** No end is remembered for longer, whoever has not heard of it. */
const REMEMBER_ENDS_MS = 24 * 3_600_000
/** What changes within this time is looked at together. */
const LOOK_AFTER_MS = 20

export function createCourses(deps: CoursesDeps): Courses {
  const { patience, store, clock, log, metrics, signal } = deps
  const courses = new Map<string, Course>()
  const inOrder = createInOrder()
  const turning = new Set<string>()
  const beganMs = clock.now()
  let tellers: readonly TargetTeller[] = []
  let webhook: Situation['webhook'] = 'awaited'
  let returnedMs: number | undefined
  let inFallback = false
  let lookAtMs = Number.POSITIVE_INFINITY
  let cancelLook = () => {}

  function downSinceMs(): number | undefined {
    const since = tellers.map((teller) => teller.downSinceMs())
    const down = since.filter((ms) => ms !== undefined)
    return down.length === since.length ? Math.max(0, ...down) : undefined
  }
  const situation = (): Situation => ({
    nowMs: clock.now(),
    beganMs,
    downSinceMs: downSinceMs(),
    returnedMs,
    webhook,
  })

  async function keep(course: Course): Promise<void> {
    await store.put(course)
    courses.set(course.fingerprint, course)
  }

  /** Changes one alert's course, after what was begun before, until it is stored. */
  function change<T>(key: string, act: () => Promise<T>): Promise<T> {
    return inOrder(key, () => untilStored(act, { clock, log }, signal))
  }

  /** The same in the background; only the end of the service, or what no try mends, keeps it from being done. */
  function changeSoon(key: string, act: () => Promise<void>): Promise<void> {
    return change(key, act).catch((error: unknown) => {
      if (!signal.aborted)
        log.error({ err: error, fingerprint: key }, 'the way of an alert could not be changed')
    })
  }

  /** Intent first, then the effect: a crash in between repeats the effect, under the same id. */
  async function settleOwed(key: string): Promise<void> {
    const course = courses.get(key)
    if (course?.owed === undefined) return
    await deps.publishDirect(course.event, course.owed)
    const { owed: _, ...settled } = course
    await keep(settled)
  }

  function lookBy(atMs: number): void {
    if (signal.aborted || atMs >= lookAtMs) return
    cancelLook()
    lookAtMs = atMs
    cancelLook = clock.setTimeout(look, Math.max(0, atMs - clock.now()))
  }
  const lookSoon = () => lookBy(clock.now() + LOOK_AFTER_MS)

  /** Turns what has waited for long enough, and comes again when the next one will have. */
  function look(): void {
    lookAtMs = Number.POSITIVE_INFINITY
    const now = situation()
    noteFallback(now)
    for (const [key, course] of courses) {
      const due = whenDirect(course, now, patience)
      if (due === undefined || turning.has(key)) continue
      if (due.atMs > now.nowMs) lookBy(due.atMs)
      else {
        turning.add(key)
        void changeSoon(key, () => goDirect(key)).finally(() => turning.delete(key))
      }
    }
  }

  async function goDirect(key: string): Promise<void> {
    const course = courses.get(key)
    const due = course && whenDirect(course, situation(), patience)
    if (course && due && due.atMs <= clock.now()) {
      await keep(turnDirect(course, clock.now()))
      metrics.direct.inc({ reason: due.reason })
      if (due.reason === 'no_webhook' && webhook === 'awaited') missWebhook()
    }
    await settleOwed(key)
  }

  function missWebhook(): void {
    webhook = 'overdue'
    log.warn(`alerts are told directly: ${NO_WEBHOOK}`)
    lookSoon()
  }

  function noteFallback({ downSinceMs: since, nowMs }: Situation): void {
    if (tellers.length === 0) return
    const fallbackMs = since === undefined ? undefined : since + patience.fallbackAfterMs
    if (fallbackMs !== undefined && fallbackMs > nowMs) lookBy(fallbackMs)
    const active = fallbackMs !== undefined && fallbackMs <= nowMs
    if (active === inFallback) return
    inFallback = active
    metrics.fallback.set(active ? 1 : 0)
    if (active) log.warn('no Alertmanager can be reached: alerts are told directly')
    else log.info('an Alertmanager can be reached again: it tells of what begins from now on')
  }

  function accepted(told: readonly Course[]): void {
    for (const { fingerprint: key, event } of told)
      void changeSoon(key, async () => {
        const course = courses.get(key)
        if (course?.event.id !== event.id || course.acceptedMs !== undefined) return
        const way = course.way === 'direct' ? 'direct' : 'alertmanager'
        await keep({ ...course, way, acceptedMs: clock.now() })
        lookSoon()
      })
  }

  function reach(state: 'down' | 'anew', name: string): void {
    const others = tellers.filter((teller) => teller.name !== name)
    // One that was there all the time knows, and tells those of its cluster.
    if (state === 'anew' && others.every((teller) => teller.downSinceMs() !== undefined)) {
      const ms = clock.now()
      returnedMs = ms
      void changeSoon('', () => store.putReturned(ms))
    }
    lookSoon()
  }

  async function noteWebhook(): Promise<void> {
    if (webhook === 'seen') return
    await store.putWebhookSeen(deps.targetNames)
    if (webhook === 'overdue') log.info("Alertmanager's webhook comes: it tells of what begins from now on")
    webhook = 'seen'
  }

  return {
    async start() {
      const remembered = await store.load()
      for (const course of remembered.courses) courses.set(course.fingerprint, course)
      returnedMs = remembered.returnedMs
      if (remembered.webhookSeen === deps.targetNames) webhook = 'seen'
      const owing = [...courses.values()].filter(({ owed }) => owed !== undefined)
      await Promise.all(owing.map(({ fingerprint: key }) => changeSoon(key, () => settleOwed(key))))
      const shared = { courses, clock, log, metrics, onAccepted: accepted, onReach: reach }
      tellers = deps.targets.map((tell) => tell(shared))
      lookSoon()
    },
    concerns: (event) => tellers.length > 0 || (courses.size > 0 && courses.has(keyOf(event))),
    take(event, seq) {
      const key = keyOf(event)
      return change(key, async () => {
        const { incarnation } = deps
        const transition = { event, seq, incarnation, fingerprint: key, nowMs: clock.now() }
        const next = takeTransition(courses.get(key), transition)
        if (next) {
          await keep(next)
          if (next.owed !== undefined) metrics.direct.inc({ reason: 'follows' })
          for (const teller of tellers) teller.mark(key)
          lookSoon()
        }
        await settleOwed(key)
        return next?.way === 'direct' ? 'direct' : 'alertmanager'
      })
    },
    async screen({ id, alerts }) {
      if (alerts.some((alert) => courses.has(alert.fingerprint))) await noteWebhook()
      const judged = await Promise.all(
        alerts.map((alert) =>
          inOrder(alert.fingerprint, async () => {
            const course = courses.get(alert.fingerprint)
            if (!course) return { alert, reason: undefined }
            const judgement = judgeMention(course, alert, id, situation(), patience)
            if (judgement.next !== course) await keep(judgement.next)
            return { alert, reason: judgement.action === 'withhold' ? judgement.reason : undefined }
          }),
        ),
      )
      lookSoon()
      const withheld = judged.map(({ reason }) => reason).filter((reason) => reason !== undefined)
      for (const reason of withheld) metrics.withheld.inc({ reason })
      return {
        alerts: judged.filter(({ reason }) => reason === undefined).map(({ alert }) => alert),
        withheld,
      }
    },
    trouble() {
      if (inFallback)
        return 'no Alertmanager can be reached: alerts are told directly (see ALERT_MANAGER_URL)'
      return webhook === 'overdue' ? NO_WEBHOOK : undefined
    },
    async tidy() {
      for (const [key, course] of courses)
        if (isOver(course, clock.now()))
          await inOrder(key, async () => {
            if (courses.get(key) !== course) return
            await store.forget(key)
            courses.delete(key)
          })
    },
    async stop() {
      cancelLook()
      await Promise.all(tellers.map((teller) => teller.stop()))
    },
  }
}

const NO_WEBHOOK =
  'Alertmanager takes alerts, but its webhook has not come: give a receiver of alertmanager.yml a webhook_configs url of this notifier, /api/monitoring/alerts, or set ALERT_MANAGER_WEBHOOK_WITHIN=0 if it tells people by itself'

function keyOf({ labels }: AlertEvent): string {
  return fingerprint(withoutEmpty(labels))
}

function isOver({ event, takenMs, owed, acceptedMs, astray, told }: Course, nowMs: number): boolean {
  if (event.state !== 'resolved' || owed !== undefined) return false
  const ageMs = nowMs - takenMs
  const isHeard = acceptedMs !== undefined && !astray && told !== 'firing'
  return ageMs > (isHeard ? TELL_ENDS_MS : REMEMBER_ENDS_MS)
}
