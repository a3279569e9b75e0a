import { fingerprint, type OutboxAlerts } from '@tocsin/contract'
import { alertsNotification } from './events.ts'

/** What has a meaning to some service, in labels that anyone may have written. */
const hostileLabels = {
  alertname: '<script>alert(1)</script>',
  severity: 'critical',
  mention: '<!channel> <@U123> @everyone @here <@&42> <at>all</at>',
  markup: '*bold* _it_ ~no~ `code` ``` **x** [a](http://evil.example) | # > ||spoiler||',
  template: '{{ .ExternalURL }} %s',
  unicode: 'Zürich 東京 🇨🇭 👩‍👩‍👧 \u202eevil\u202c \u0000\u0007 \ud800',
  quotes: `"x" 'y' & <b> &lt; &amp;`,
  lines: 'a\r\nBcc: all@example.com\r\n\r\nb',
  long: 'ü'.repeat(20_000),
}

/** Alerts that mean harm, in every place that is shown. */
export function hostileAlerts(channel: string): OutboxAlerts {
  const annotations = {
    summary: `${hostileLabels.alertname} ${hostileLabels.mention}\r\nBcc: all@example.com`,
    description: Object.values(hostileLabels).join('\n'),
    runbook_url: 'javascript:alert(1)',
    dashboard_url: 'https://example.com/a?b="><script>&c=(1)',
  }
  return alertsNotification(channel, {
    groupLabels: { alertname: hostileLabels.alertname },
    commonLabels: hostileLabels,
    commonAnnotations: annotations,
    alerts: alertsNotification(channel).alerts.map((alert) => ({
      ...alert,
      labels: hostileLabels,
      annotations,
      generatorURL: 'data:text/html,<script>alert(1)</script>',
    })),
  })
}

/** One group of so many alerts, each with much to say. */
export function manyAlerts(channel: string, count: number): OutboxAlerts {
  const [alert] = alertsNotification(channel).alerts
  if (!alert) throw new Error('the sample has an alert')
  const alerts = Array.from({ length: count }, (_, i) => {
    const labels = { ...alert.labels, instance: `shop-${i}.example.com:9090` }
    const annotations = {
      ...alert.annotations,
      summary: `Instance ${i} fails`,
      description: '&<é'.repeat(200),
    }
    const status = i % 3 === 2 ? ('resolved' as const) : ('firing' as const)
    return { ...alert, labels, annotations, status, fingerprint: fingerprint(labels) }
  })
  return alertsNotification(channel, { alerts })
}
