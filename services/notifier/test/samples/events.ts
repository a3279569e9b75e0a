import {
  type AlertEvent,
  alertEvent,
  fingerprint,
  type OutboxAlerts,
  type OutboxDigest,
  type OutboxMessage,
  outboxEvent,
  type Severity,
  ZERO_TIME,
} from '@tocsin/contract'

export const T0 = Date.UTC(2026, 2, 1, 12)
const iso = (ms: number) => new Date(ms).toISOString()

export interface TransitionFacts {
  readonly state?: 'pending' | 'firing' | 'resolved'
  readonly id?: string
  readonly name?: string
  readonly severity?: Severity
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
  readonly timeMs?: number
}

let ids = 0

/** An alert transition as the evaluator publishes it. */
export function transition(facts: TransitionFacts = {}): AlertEvent {
  const { state = 'firing', name = 'HighErrorRate', severity = 'critical', timeMs = T0 } = facts
  const labels = { alertname: name, severity, ...facts.labels }
  const time = iso(timeMs)
  return alertEvent.parse({
    v: 1,
    id: facts.id ?? `transition-${ids++}`,
    time,
    source: 'alert-evaluator',
    state,
    alertname: name,
    fingerprint: fingerprint(labels),
    severity,
    labels,
    annotations: facts.annotations ?? { summary: 'Too many requests fail' },
    value: '0.12',
    activeAt: time,
    ...(state === 'pending' ? {} : { firedAt: time }),
    ...(state === 'resolved' ? { resolvedAt: time } : {}),
    group: 'api',
    origin: 'file',
    stages: { event: time, received: time, evaluated: time },
  })
}

const envelope = (channel: string) => ({
  v: 1 as const,
  time: iso(T0),
  source: 'notifier',
  channel,
  receiver: 'default',
})

/** A notification of alerts on its way to a channel. */
export function alertsNotification(channel: string, facts: Partial<OutboxAlerts> = {}): OutboxAlerts {
  const labels = { alertname: 'HighErrorRate', severity: 'critical', service: 'shop', region: 'eu-west-1' }
  const annotations = {
    summary: 'Too many requests fail',
    description: '12 % of the requests of the last 5 minutes have failed.',
    runbook_url: 'https://example.com/runbooks/errors',
  }
  const { status = 'firing' } = facts
  const parsed = outboxEvent.parse({
    ...envelope(channel),
    id: `notification-${ids++}`,
    kind: 'alerts',
    severity: 'critical',
    groupKey: '{}/critical:{alertname="HighErrorRate"}',
    stages: { event: iso(T0) },
    status,
    groupLabels: { alertname: 'HighErrorRate' },
    commonLabels: labels,
    commonAnnotations: annotations,
    externalURL: 'http://localhost:3002',
    truncatedAlerts: 0,
    alerts: [
      {
        status,
        labels,
        annotations,
        startsAt: iso(T0),
        endsAt: status === 'firing' ? ZERO_TIME : iso(T0 + 65_000),
        generatorURL: 'http://localhost:3003/graph?g0.expr=up',
        fingerprint: fingerprint(labels),
      },
    ],
    ...facts,
  })
  if (parsed.kind !== 'alerts') throw new TypeError('not a notification of alerts')
  return parsed
}

/** A message of `notify()` on its way to a channel. */
export function messageNotification(channel: string, facts: Partial<OutboxMessage> = {}): OutboxMessage {
  const parsed = outboxEvent.parse({
    ...envelope(channel),
    id: `message-${ids++}`,
    kind: 'message',
    severity: 'high',
    groupKey: 'message:1',
    stages: {},
    title: 'Deployment Complete',
    message: 'Successfully deployed version 2.0.0 to production',
    metadata: { version: '2.0.0', environment: 'production', deployedBy: 'CI/CD' },
    ...facts,
  })
  if (parsed.kind !== 'message') throw new TypeError('not a message')
  return parsed
}

/** A digest on its way to a channel. */
export function digestNotification(channel: string, facts: Partial<OutboxDigest> = {}): OutboxDigest {
  const entry = (i: number, status: 'firing' | 'resolved' | 'message', title: string, text: string) => ({
    id: `entry-${i}`,
    time: iso(T0 + i * 60_000),
    severity: 'low',
    title,
    text,
    status,
    labels: status === 'message' ? {} : { alertname: title },
  })
  const parsed = outboxEvent.parse({
    ...envelope(channel),
    id: `digest-${ids++}`,
    kind: 'digest',
    severity: 'low',
    groupKey: 'digest',
    stages: {},
    from: iso(T0),
    to: iso(T0 + 900_000),
    entries: [
      entry(1, 'firing', 'DiskFillingUp', 'Disk /var is 71 % full'),
      entry(2, 'firing', 'SlowQueries', 'The slowest queries take 2 s'),
      entry(5, 'resolved', 'SlowQueries', 'The slowest queries take 2 s'),
      {
        ...entry(3, 'message', 'Deployment Complete', 'Successfully deployed version 2.0.0 to production'),
        metadata: { deployedBy: 'ci', attempt: 2 },
      },
    ],
    ...facts,
  })
  if (parsed.kind !== 'digest') throw new TypeError('not a digest')
  return parsed
}
