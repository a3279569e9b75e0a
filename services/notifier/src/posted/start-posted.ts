import { createThrottle, type ServiceContext } from '@tocsin/runtime'
import type { AlertsWriter } from '../api-v2/follow-alerts.ts'
import type { TakeIn } from '../consumers/take-in.ts'
import type { NotifierEnv } from '../env.ts'
import { writeDeadLetter } from '../http/keep-dead-letter.ts'
import type { NotifierMetrics } from '../metrics.ts'
import type { Policy } from '../policy/policy.ts'
import type { RecordBucket } from '../records/record-bucket.ts'
import { createPostedBook, type PostedBook } from './posted-book.ts'
import { createPostedStore } from './posted-store.ts'
import { createPublishTransition } from './publish-transition.ts'

export interface PostedParts {
  readonly ctx: ServiceContext<NotifierEnv>
  readonly records: RecordBucket
  readonly firing: Pick<AlertsWriter, 'posted'>
  readonly policy: () => Policy
  readonly takeIn: TakeIn
  readonly metrics: NotifierMetrics
  readonly mayAct: () => boolean
  /** Aborts when this process must leave the work to another. */
  readonly signal: AbortSignal
}

const TOLD: readonly string[] = ['firing', 'changed', 'resolved', 'late', 'timed_out']

/** The book of posted alerts, which takes their transitions into their groups. */
export function startPosted({
  ctx,
  records,
  firing,
  policy,
  takeIn,
  metrics,
  mayAct,
  signal,
}: PostedParts): PostedBook {
  const { bus, clock, log } = ctx
  const mayLog = createThrottle(clock)
  return createPostedBook({
    store: createPostedStore({
      bucket: records,
      onBadRecord: (key, detail) =>
        log.error({ key, detail }, 'a record of the bucket groups cannot be read, and is left out'),
    }),
    publish: createPublishTransition(bus, ctx.env.MAX_EVENT_BYTES),
    takeIn,
    async refuse(event, { code, message }) {
      await writeDeadLetter(bus, {
        reason: code,
        detail: message,
        subject: bus.subjects.postedAlerts(event.alertname),
        stream: bus.streamName('ALERTS'),
        body: Buffer.from(JSON.stringify(event)),
        time: event.time,
        msgId: `${event.id}:${code}`,
      })
      metrics.taken('posted', 'refused', code)
      const due = mayLog(code)
      if (due)
        log.error(
          { reason: code, detail: message, ...due },
          'a posted alert cannot be told: it is a dead letter',
        )
    },
    clock,
    log,
    resolveTimeoutMs: () => policy().resolveTimeoutMs,
    onKnown: firing.posted,
    taken: (action) => metrics.taken('posted', TOLD.includes(action) ? 'told' : 'ignored', action),
    mayAct,
    signal,
  })
}
