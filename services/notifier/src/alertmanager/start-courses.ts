import type { ServiceContext } from '@tocsin/runtime'
import { CodedError } from '@tocsin/runtime'
import type { NotifierEnv } from '../env.ts'
import { boundedId } from '../outbox/bounded-id.ts'
import type { Target, TlsPaths } from './alertmanager-env.ts'
import type { AlertmanagerMetrics } from './alertmanager-metrics.ts'
import { createCourseStore } from './course-store.ts'
import { type Courses, createCourses } from './courses.ts'
import { createPostAlerts } from './post-alerts.ts'
import { tellTarget } from './tell-target.ts'

export interface StartCoursesDeps {
  readonly ctx: ServiceContext<NotifierEnv>
  readonly targets: readonly Target[]
  readonly tls: TlsPaths
  readonly metrics: AlertmanagerMetrics
  /** Names the present making of the ALERTS stream. */
  readonly incarnation: string
  readonly mayAct: () => boolean
  readonly signal: AbortSignal
}

/** Takes up the telling of Alertmanagers where it was laid down. */
export async function startCourses(deps: StartCoursesDeps): Promise<Courses> {
  const { ctx, targets, tls, metrics, incarnation, mayAct, signal } = deps
  const { bus, clock, log, env } = ctx
  const store = createCourseStore({
    kv: await bus.kv('alertmanager'),
    erase: (revision) => bus.eraseRevision('alertmanager', revision),
    assertOurs() {
      if (!mayAct()) throw new CodedError('stopping', 'left for the next notifier', { retryable: true })
    },
    onBadRecord: (key, detail) =>
      log.error({ key, detail }, 'a record of the bucket alertmanager cannot be read, and is left out'),
  })
  const courses = createCourses({
    targets: targets.map((target) => (shared) => {
      const post = createPostAlerts(target, { tls, timeoutMs: env.ALERT_MANAGER_TIMEOUT, now: clock.now })
      return tellTarget({ ...shared, name: target.name, post, resendMs: env.ALERT_MANAGER_RESEND })
    }),
    targetNames: targets.map(({ name }) => name).join(),
    patience: {
      fallbackAfterMs: env.ALERT_MANAGER_FALLBACK_AFTER,
      webhookWithinMs: env.ALERT_MANAGER_WEBHOOK_WITHIN,
      repeatWindowMs: env.ALERTMANAGER_RETRY_WINDOW,
    },
    store,
    publishDirect: (event, heard) =>
      bus.publish(
        bus.subjects.directAlert(event.alertname),
        { ...event, direct: { heard } },
        { msgId: `${boundedId(event.id)}.direct` },
      ),
    incarnation,
    clock,
    log,
    metrics,
    signal,
  })
  await courses.start()
  return courses
}
