import { createSubjects, DEFAULT_PREFIX, type Subjects } from './subjects.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
const MiB = 1024 * 1024

export type StreamKey =
  | 'METRICS'
  | 'SPANS'
  | 'ALERTS'
  | 'NOTIFICATIONS'
  | 'OUTBOX'
  | 'DELIVERIES'
  | 'HEALTH'
  | 'SLA'
  | 'CAPACITY'
  | 'DEAD_LETTERS'

/** What a JetStream stream must be. Times in milliseconds, sizes in bytes, -1 or 0 for no limit. */
export interface StreamDefinition {
  readonly key: StreamKey
  readonly name: string
  readonly description: string
  readonly subjects: readonly string[]
  readonly retention: 'limits' | 'workqueue'
  /** `old` drops the oldest at a limit (logs); `new` refuses the newest, so that its publisher knows (queues). */
  readonly discard: 'old' | 'new'
  readonly maxAgeMs: number
  readonly maxBytes: number
  readonly maxMsgsPerSubject: number
  readonly duplicateWindowMs: number
}

export type BucketKey =
  | 'rules'
  | 'alert-state'
  | 'silences'
  | 'slos'
  | 'checks'
  | 'leases'
  | 'groups'
  | 'alertmanager'
  | 'fallbacks'
  | 'positions'
  | 'dynamic-alerts'

/** What a JetStream key-value bucket must be. Times in milliseconds, sizes in bytes. */
export interface BucketDefinition {
  readonly key: BucketKey
  readonly name: string
  readonly description: string
  readonly history: number
  readonly ttlMs: number
}

/** The name a stream has under a prefix: plain for the default one, so that several Tocsins can share a NATS. */
export function streamName(key: StreamKey, prefix: string = DEFAULT_PREFIX): string {
  return prefix === DEFAULT_PREFIX ? key : `${prefix.replaceAll('.', '_').toUpperCase()}_${key}`
}

/** The name a bucket has under a prefix. */
export function bucketName(key: BucketKey, prefix: string = DEFAULT_PREFIX): string {
  return prefix === DEFAULT_PREFIX ? key : `${prefix.replaceAll('.', '_')}-${key}`
}

/** All streams of the contract. */
export function createStreams(subjects: Subjects = createSubjects()): readonly StreamDefinition[] {
  const stream = (
    key: StreamKey,
    description: string,
    on: string[],
    limits: Partial<StreamDefinition>,
  ): StreamDefinition => ({
    key,
    name: streamName(key, subjects.prefix),
    description,
    subjects: on,
    retention: 'limits',
    discard: 'old',
    maxAgeMs: 0,
    maxBytes: -1,
    maxMsgsPerSubject: -1,
    duplicateWindowMs: 2 * minute,
    ...limits,
  })
  const log = { maxBytes: 256 * MiB }
  return [
    stream('METRICS', 'metric events', [subjects.allMetrics], { maxAgeMs: 6 * hour, maxBytes: 1024 * MiB }),
    stream('SPANS', 'spans that failed or ask for an alert', [subjects.allSpans], {
      maxAgeMs: hour,
      maxBytes: 128 * MiB,
    }),
    stream('ALERTS', 'alert transitions', [subjects.allAlerts, subjects.allPostedAlerts], {
      ...log,
      maxAgeMs: 7 * day,
      duplicateWindowMs: hour,
    }),
    stream('NOTIFICATIONS', 'messages to send', [subjects.notificationRequest], {
      retention: 'workqueue',
      discard: 'new',
      duplicateWindowMs: hour,
    }),
    stream('OUTBOX', 'notifications on their way, one queue per channel', [subjects.allOutbox], {
      retention: 'workqueue',
      discard: 'new',
      duplicateWindowMs: hour,
    }),
    stream(
      'DELIVERIES',
      'the delivery log: every attempt, with its reason',
      (['delivered', 'failed', 'suppressed', 'dead'] as const).map(subjects.allDeliveries),
      { ...log, maxAgeMs: 30 * day, duplicateWindowMs: hour },
    ),
    stream('HEALTH', 'the last result of every check', [subjects.allHealth], {
      maxAgeMs: day,
      maxMsgsPerSubject: 1,
    }),
    stream('SLA', 'SLO reports and breaches', [subjects.allSla], { ...log, maxAgeMs: 90 * day }),
    stream('CAPACITY', 'capacity forecasts and risk', [subjects.allCapacity], { ...log, maxAgeMs: 90 * day }),
    stream('DEAD_LETTERS', 'messages refused as malformed, as they came', [subjects.allDeadLetters], {
      ...log,
      maxAgeMs: 30 * day,
      duplicateWindowMs: hour,
    }),
  ]
}

/** All key-value buckets of the contract. */
export function createBuckets(prefix: string = DEFAULT_PREFIX): readonly BucketDefinition[] {
  const bucket = (key: BucketKey, description: string, history = 1, ttlMs = 0): BucketDefinition => ({
    key,
    name: bucketName(key, prefix),
    description,
    history,
    ttlMs,
  })
  return [
    bucket('rules', 'custom alert rules', 5),
    bucket('alert-state', 'the state of every active alert'),
    bucket('silences', 'silences and acknowledgements'),
    bucket('slos', 'service level objectives', 5),
    bucket('checks', 'health check definitions and their thresholds'),
    bucket('leases', 'who does the work that one replica does at a time'),
    bucket('groups', 'alert groups waiting for their next flush'),
    bucket('alertmanager', 'which way the news of each alert takes while an Alertmanager is told of alerts'),
    bucket('fallbacks', 'what fallback receivers have been told', 1, 8 * day),
    bucket('positions', 'how far a reader of a stream has come'),
    bucket('dynamic-alerts', 'operations seen in traces, what is learnt of them, and their thresholds', 5),
  ]
}
