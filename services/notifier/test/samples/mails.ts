import { fingerprint, type OutboxEvent, ZERO_TIME } from '@tocsin/contract'
import { alertsNotification, digestNotification, messageNotification, T0 } from './events.ts'

const iso = (ms: number) => new Date(ms).toISOString()
const MINUTE = 60_000

const annotations = {
  summary: 'Checkout fails for 12 % of the requests',
  description:
    'More than 5 % of the requests to POST /api/checkout have ended with a server error for 5 minutes.\nThe usual level at this time of day is 0.2 %.',
  runbook_url: 'https://example.com/runbooks/high-error-rate',
  dashboard_url: 'https://grafana.example.com/d/checkout?from=now-1h',
}
const labels = {
  alertname: 'HighErrorRate',
  severity: 'critical',
  service: 'checkout',
  region: 'eu-west-1',
  route: 'POST /api/checkout',
}
const alone = {
  labels,
  annotations,
  startsAt: iso(T0),
  endsAt: ZERO_TIME,
  generatorURL: 'http://localhost:3003/graph?g0.expr=up',
  fingerprint: fingerprint(labels),
}

const common = { alertname: 'DiskFillingUp', severity: 'high', team: 'platform', device: '/dev/nvme0n1' }
const disks = [
  { instance: 'db-1.example.com:9100', left: '3 hours', status: 'firing' as const },
  { instance: 'db-2.example.com:9100', left: '5 hours', status: 'firing' as const },
  { instance: 'db-7.example.com:9100', left: '2 hours', status: 'resolved' as const },
].map(({ instance, left, status }, i) => {
  const own = { ...common, instance }
  return {
    status,
    labels: own,
    annotations: {
      summary: `${instance.split('.')[0]} has no space left in ${left}`,
      runbook_url: 'https://example.com/runbooks/disk',
    },
    startsAt: iso(T0 + i * 4 * MINUTE),
    endsAt: status === 'firing' ? ZERO_TIME : iso(T0 + 47 * MINUTE),
    generatorURL: 'http://localhost:3003/graph?g0.expr=disk_free_bytes',
    fingerprint: fingerprint(own),
  }
})

const entry = (i: number, status: 'firing' | 'resolved' | 'message', title: string, text: string) => ({
  id: `entry-${i}`,
  time: iso(T0 + i * MINUTE),
  severity: i < 3 ? ('medium' as const) : ('low' as const),
  title,
  text,
  status,
  labels: (status === 'message' ? {} : { alertname: title }) as Record<string, string>,
})

/** One mail of every form, as a team would get it. */
export const mails: Readonly<Record<string, OutboxEvent>> = {
  critical: alertsNotification('email', {
    source: 'alertmanager',
    externalURL: 'http://localhost:9093',
    commonLabels: labels,
    commonAnnotations: annotations,
    alerts: [{ ...alone, status: 'firing' }],
  }),
  resolved: alertsNotification('email', {
    status: 'resolved',
    commonLabels: labels,
    commonAnnotations: annotations,
    alerts: [{ ...alone, status: 'resolved', endsAt: iso(T0 + 23 * MINUTE) }],
  }),
  grouped: alertsNotification('email', {
    severity: 'high',
    groupLabels: { alertname: 'DiskFillingUp', severity: 'high' },
    commonLabels: common,
    commonAnnotations: { runbook_url: 'https://example.com/runbooks/disk' },
    alerts: disks,
  }),
  message: messageNotification('email', {
    severity: 'low',
    title: 'Deployment complete',
    message: 'Version 2.0.0 is in production.\nAll 14 instances are healthy.',
    source: 'ci',
  }),
  digest: digestNotification('email', {
    entries: [
      entry(1, 'firing', 'DiskFillingUp', 'Disk /var is 71 % full'),
      {
        ...entry(2, 'firing', 'SlowQueries', 'The slowest queries take 2 s'),
        fired: 14,
        since: iso(T0 - 90 * MINUTE),
      },
      entry(5, 'resolved', 'CertificateExpiring', 'The certificate of shop.example.com ends in 13 days'),
      entry(3, 'message', 'Deployment complete', 'Version 2.0.0 is in production.'),
    ],
  }),
}
