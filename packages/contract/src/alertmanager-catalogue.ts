import type { MetricDefinitions } from './metric-definition.ts'

/** What the notifier says of the Alertmanagers that it tells of alerts. */
export const alertmanagerMetrics = {
  alertmanagerSentTotal: {
    name: 'tocsin_alertmanager_sent_total',
    type: 'counter',
    labels: ['alertmanager'],
    help: 'Alerts that this Alertmanager took, resends included.',
  },
  alertmanagerErrorsTotal: {
    name: 'tocsin_alertmanager_errors_total',
    type: 'counter',
    labels: ['alertmanager', 'reason'],
    help: 'Requests that failed, by why; what was in them is sent again, unless it was refused (http_400, http_413, http_422).',
  },
  alertmanagerRefusedTotal: {
    name: 'tocsin_alertmanager_refused_total',
    type: 'counter',
    labels: ['alertmanager'],
    help: 'Alerts that this Alertmanager refused for what they are.',
  },
  alertmanagerLatencySeconds: {
    name: 'tocsin_alertmanager_latency_seconds',
    type: 'histogram',
    unit: 'seconds',
    labels: ['alertmanager'],
    help: 'How long a request took.',
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  },
  alertmanagerQueueLength: {
    name: 'tocsin_alertmanager_queue_length',
    type: 'gauge',
    labels: ['alertmanager'],
    help: 'Alerts whose newest state this Alertmanager has yet to take.',
  },
  alertmanagerUp: {
    name: 'tocsin_alertmanager_up',
    type: 'gauge',
    labels: ['alertmanager'],
    help: '1 while the last request was taken, 0 while it was not.',
  },
  alertmanagerFallbackActive: {
    name: 'tocsin_alertmanager_fallback_active',
    type: 'gauge',
    labels: [],
    help: '1 while no Alertmanager can be reached, and alerts are told without one.',
  },
  alertmanagerDirectTotal: {
    name: 'tocsin_alertmanager_direct_total',
    type: 'counter',
    labels: ['reason'],
    help: 'Transitions told without Alertmanager: not_taken in time, lost or forgotten by one that died, sent by no_webhook, or they follow what was told without it.',
  },
  alertmanagerWithheldTotal: {
    name: 'tocsin_alertmanager_withheld_total',
    type: 'counter',
    labels: ['reason'],
    help: 'Alerts in webhooks of Alertmanager that were not told again: told_directly, told_before, or still_firing.',
  },
} as const satisfies MetricDefinitions
