import { z } from 'zod'

const at = z.number().int().nonnegative()

const baseline = z.object({
  /** A ratio, or seconds. */
  threshold: z.number(),
  median: z.number(),
  /** The median absolute deviation, as a standard deviation. */
  spread: z.number(),
  /** Windows that it was learnt from, from the first to the last. */
  samples: z.int(),
  fromMs: at,
  toMs: at,
  /** What held it back. */
  bound: z.enum(['floor', 'cap', 'drift']).optional(),
  /** The highest of each day, the newest last. */
  days: z.array(z.object({ day: z.int(), highest: z.number() })).max(8),
})
/** A threshold that was learnt, and how. Times in milliseconds since 1970. */
export type Baseline = z.infer<typeof baseline>

const operation = z.object({
  name: z.string(),
  /** `SPAN_KIND_SERVER` */
  kind: z.string(),
  firstSeenMs: at,
  /** Written now and then: it may have been seen since. */
  lastSeenMs: at,
  /** When it was last looked at for a baseline, and how many windows had enough calls. */
  measured: z.object({ atMs: at, samples: z.int() }).optional(),
  errors: baseline.optional(),
  latency: baseline.optional(),
})
/** What is known of an operation. */
export type OperationRecord = z.infer<typeof operation>

/** What is known of a service, durably: the same for every replica. */
export const serviceRecord = z.object({
  service: z.string(),
  operations: z.array(operation),
  /** The names of the alerts that its spans asked for. */
  spanAlerts: z.array(z.string()),
  /** When this was written. */
  changedMs: at,
})
export type ServiceRecord = z.infer<typeof serviceRecord>

export function emptyRecord(service: string): ServiceRecord {
  return { service, operations: [], spanAlerts: [], changedMs: 0 }
}

/** Names an operation among those of its service. */
export function operationKey({ name, kind }: Pick<OperationRecord, 'name' | 'kind'>): string {
  return `${kind} ${name}`
}
