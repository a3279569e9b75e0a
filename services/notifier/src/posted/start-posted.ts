import type { ServiceContext } from '@tocsin/runtime'
import type { NotifierMetrics } from '../metrics.ts'
import type { Policy } from '../policy/policy.ts'
import type { RecordBucket } from '../records/record-bucket.ts'
import { createPostedBook, type PostedBook } from './posted-book.ts'
import { createPostedStore } from './posted-store.ts'

export interface PostedParts {
  readonly ctx: ServiceContext
  readonly records: RecordBucket
  readonly policy: () => Policy
  readonly metrics: NotifierMetrics
  readonly mayAct: () => boolean
  /** Aborts when this process must leave the work to another. */
  readonly signal: AbortSignal
}

const TOLD: readonly string[] = ['firing', 'changed', 'resolved', 'timed_out']

/** The book of posted alerts, which tells of them on ALERTS: from there they go as all others. */
export function startPosted({ ctx, records, policy, metrics, mayAct, signal }: PostedParts): PostedBook {
  const { bus, clock, log } = ctx
  return createPostedBook({
    store: createPostedStore({
      bucket: records,
      onBadRecord: (key, detail) =>
        log.error({ key, detail }, 'a record of the bucket groups cannot be read, and is left out'),
    }),
    async publish(event) {
      await bus.publish(bus.subjects.alert(event.state, event.alertname), event, { msgId: event.id })
    },
    clock,
    log,
    graceMs: () => policy().resolveTimeoutMs,
    taken: (action) => metrics.taken('posted', TOLD.includes(action) ? 'told' : 'ignored', action),
    mayAct,
    signal,
  })
}
