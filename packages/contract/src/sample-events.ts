import type { AlertEvent } from './alert-event.ts'
import type { CapacityForecast, CapacityForecastEvent, CapacityRiskEvent } from './capacity-event.ts'
import type { HealthEvent } from './health-event.ts'
import type { MetricBatch, MetricEvent } from './metric-event.ts'
import type { DeliveryEvent, NotificationRequest, OutboxAlerts } from './notification.ts'
import type { PostedAlerts } from './posted-alerts.ts'
import type { SlaReportEvent, SlaViolationEvent, SloStatus } from './sla-event.ts'
import type { SpanEvent } from './span-event.ts'

// One good example of every event: shown in the event reference, used in tests.

const time = '2026-03-01T12:00:00.000Z'
const later = '2026-03-01T12:00:00.004Z'

/** The smallest metric event that works. */
export const sampleMetricEvent: MetricEvent = {
  name: 'orders_total',
  type: 'counter',
  value: 1,
  labels: { region: 'eu' },
}

/** A batch as the SDK publishes it. */
export const sampleMetricBatch: MetricBatch = {
  v: 1,
  id: 'shop-7f3a-42',
  time,
  source: 'shop',
  metrics: [
    { name: 'http_requests_total', type: 'counter', help: 'HTTP requests served' },
    { name: 'http_request_duration_seconds', type: 'histogram', unit: 'seconds', buckets: [0.1, 1] },
  ],
  series: [
    [0, { service: 'shop', method: 'GET', route: '/products', status_code: '200' }],
    [1, { service: 'shop', method: 'GET', route: '/products', status_code: '200' }],
  ],
  created: [[0, 1_772_366_100_000]],
  exemplars: [[1, { trace_id: '4bf92f3577b34da6a3ce929d0e0e4736' }, 0.71, 1_772_366_399_000]],
  samples: [
    [0, 128],
    [1, [120, 127, 128], 9.75],
  ],
}

/** The message after it of a publisher that numbers on: only what is new is described. */
export const sampleDictionaryBatch: MetricBatch = {
  v: 1,
  id: 'shop-7f3a-43',
  time: later,
  source: 'shop',
  dictionary: { publisher: 'shop-7f3a', edition: 3, metrics: 2, series: 2 },
  metrics: [{ name: 'active_users', type: 'gauge', help: 'Users who are active at this moment.' }],
  series: [[2, { service: 'shop' }]],
  samples: [
    [0, 131],
    [2, 17],
  ],
}

export const sampleSpanEvent: SpanEvent = {
  v: 1,
  id: '4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7',
  time,
  source: 'collector',
  service: 'shop',
  traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
  spanId: '00f067aa0ba902b7',
  name: 'POST /orders',
  kind: 'server',
  status: 'error',
  statusMessage: 'payment was declined',
  startedAt: time,
  durationMs: 184.2,
  attributes: { 'http.request.method': 'POST', 'http.route': '/orders', 'http.response.status_code': 500 },
  exception: { type: 'PaymentError', message: 'payment was declined' },
}

export const sampleAlertEvent: AlertEvent = {
  v: 1,
  id: 'caabbd059ced5a11-firing-1',
  time: later,
  source: 'alert-evaluator',
  state: 'firing',
  alertname: 'HighErrorRate',
  fingerprint: 'caabbd059ced5a11',
  severity: 'critical',
  labels: { alertname: 'HighErrorRate', service: 'shop', severity: 'critical' },
  annotations: { summary: '12% of the requests to shop fail' },
  value: '0.12',
  activeAt: time,
  firedAt: later,
  group: 'api',
  origin: 'pack',
  stages: { event: time, received: later, evaluated: later },
}

export const samplePostedTransitions: readonly AlertEvent[] = [
  {
    v: 1,
    id: 'posted-6f9619ff-8b86-4d11-b42d-00c04fc964ff-0',
    time: later,
    source: 'notifier',
    state: 'firing',
    alertname: 'DiskFull',
    fingerprint: '5c8e69605d075834',
    severity: 'high',
    labels: { alertname: 'DiskFull', severity: 'high', job: 'node' },
    annotations: {},
    value: '',
    activeAt: time,
    firedAt: time,
    generatorURL: 'http://prometheus:9090/graph',
    group: '',
    origin: 'posted',
    stages: { event: later },
  },
]

export const sampleNotificationRequest: NotificationRequest = {
  title: 'Deployment Complete',
  message: 'Successfully deployed version 2.0.0 to production',
  severity: 'low',
  metadata: { version: '2.0.0', environment: 'production' },
}

export const sampleOutboxEvent: OutboxAlerts = {
  v: 1,
  id: 'HighErrorRate-1-webhook',
  time: later,
  source: 'notifier',
  channel: 'webhook',
  receiver: 'default',
  severity: 'critical',
  groupKey: '{}:{alertname="HighErrorRate"}',
  stages: { event: time, received: later, evaluated: later, accepted: later, grouped: later },
  kind: 'alerts',
  status: 'firing',
  groupLabels: { alertname: 'HighErrorRate' },
  commonLabels: { alertname: 'HighErrorRate', service: 'shop', severity: 'critical' },
  commonAnnotations: { summary: '12% of the requests to shop fail' },
  externalURL: 'http://localhost:3002',
  truncatedAlerts: 0,
  alerts: [
    {
      status: 'firing',
      labels: { alertname: 'HighErrorRate', service: 'shop', severity: 'critical' },
      annotations: { summary: '12% of the requests to shop fail' },
      startsAt: time,
      endsAt: '0001-01-01T00:00:00Z',
      generatorURL: 'http://localhost:3003/api/v1/rules',
      fingerprint: 'caabbd059ced5a11',
    },
  ],
}

export const sampleDeliveryEvent: DeliveryEvent = {
  v: 1,
  id: 'HighErrorRate-1-webhook-1',
  time: later,
  source: 'notifier',
  outcome: 'delivered',
  channel: 'webhook',
  receiver: 'default',
  notification: 'HighErrorRate-1-webhook',
  kind: 'alerts',
  groupKey: '{}:{alertname="HighErrorRate"}',
  severity: 'critical',
  title: '[FIRING:1] HighErrorRate',
  fingerprints: ['caabbd059ced5a11'],
  attempt: 1,
  reason: 'ok',
  durationMs: 12.5,
  stages: { event: time, sent: later },
}

export const sampleHealthEvent: HealthEvent = {
  v: 1,
  id: 'health-redis-1772366400000',
  time,
  source: 'health',
  service: 'tocsin',
  check: 'redis',
  type: 'service',
  status: 'healthy',
  critical: true,
  message: 'Redis answers',
  lastRun: time,
  durationMs: 0.8,
  intervalMs: 60_000,
}

const slo: SloStatus = {
  name: 'shop-availability',
  target: 0.999,
  state: 'breached',
  good: 9_985,
  total: 10_000,
  compliance: 0.9985,
  errorBudgetRemaining: -0.5,
}

export const sampleSlaReportEvent: SlaReportEvent = {
  v: 1,
  id: 'shop-availability-day-2026-03-01',
  time: later,
  source: 'sla',
  period: 'day',
  from: '2026-02-28T12:00:00.000Z',
  to: time,
  slo,
}

export const sampleSlaViolationEvent: SlaViolationEvent = {
  v: 1,
  id: 'shop-availability-violation-1',
  time: later,
  source: 'sla',
  period: 'day',
  slo,
  message: '99.85% of the requests were good, the target is 99.9%',
}

const forecast: CapacityForecast = {
  resource: 'storage',
  unit: 'bytes',
  days: 30,
  usage: 60e9,
  limit: 100e9,
  utilization: 0.6,
  growthPerDay: { value: 1e9, lower95: 0.8e9, upper95: 1.2e9 },
  history: { from: '2026-02-01T00:00:00.000Z', to: time, points: 672 },
  horizonDays: 28,
  model: 'linear trend',
  backtest: { points: 134, scaledError: 0.4, coverage95: 0.95 },
  points: [{ time, value: 60e9, lower80: 59e9, upper80: 61e9, lower95: 58e9, upper95: 62e9 }],
  crossings: [
    {
      percent: 80,
      earliest: '2026-03-17T00:00:00.000Z',
      expected: '2026-03-21T00:00:00.000Z',
      latest: '2026-03-26T00:00:00.000Z',
    },
  ],
  risk: 'medium',
  recommendations: ['Storage passes 80 % of its limit around 21 March: plan for more within the month.'],
  actions: {
    immediate: [],
    shortTerm: [],
    mediumTerm: ['Storage passes 80 % of its limit around 21 March: plan for more within the month.'],
    longTerm: [],
  },
  notes: ['28 days of history: no date is given past 28 days from now.'],
}

export const sampleCapacityForecastEvent: CapacityForecastEvent = {
  v: 1,
  id: 'storage-1772366400000',
  time,
  source: 'capacity',
  forecast,
}

export const sampleCapacityRiskEvent: CapacityRiskEvent = {
  v: 1,
  id: 'storage-risk-1772366400000',
  time,
  source: 'capacity',
  resource: 'storage',
  risk: 'medium',
  previous: 'low',
  reason: 'expected to pass 80 % of its limit in 20 days',
}

export const samplePostedAlerts: PostedAlerts = {
  v: 1,
  id: 'posted-0b8f7c1e',
  time,
  source: 'notifier',
  alerts: [
    {
      labels: { alertname: 'HighErrorRate', severity: 'critical', job: 'api' },
      annotations: { summary: 'Too many requests fail' },
      startsAt: time,
      endsAt: '2026-03-01T12:05:00.000Z',
      timeout: true,
      generatorURL: 'http://prometheus:9090/graph',
    },
  ],
}
