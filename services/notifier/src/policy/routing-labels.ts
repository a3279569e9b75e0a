import {
  type AlertEvent,
  type Labels,
  type NotificationRequest,
  type Severity,
  severityOf,
} from '@tocsin/contract'
import type { AlertRecord } from '../grouping/records.ts'

/** What routes see of an alert: its labels, where these do not contradict the severity it was given. */
export function labelsOfAlert({ alertname, severity, labels, origin }: AlertEvent): Labels {
  if (origin === 'posted') return labels
  return withSeverity({ alertname, severity, ...labels }, severity)
}

/** The same, of what is known of an alert. */
export function labelsOfRecord({ alert, severity }: Pick<AlertRecord, 'alert' | 'severity'>): Labels {
  // Only what was posted may be without one.
  return alert.labels['severity'] === undefined ? alert.labels : withSeverity(alert.labels, severity)
}

/** What routes see of a message of `notify()`: its facts that are texts, and what it is. */
export function labelsOfMessage(request: NotificationRequest): Labels {
  const facts = Object.entries(request.metadata).filter((fact): fact is [string, string] => {
    const [name, value] = fact
    return typeof value === 'string' && name !== ''
  })
  const { title, severity, source = 'unknown' } = request
  return { ...Object.fromEntries(facts), title, severity, source, kind: 'message' }
}

/** What routes see of a group that an Alertmanager sent: what its alerts have in common, and the worst severity. */
export function labelsOfWebhook(commonLabels: Labels, worst: Severity): Labels {
  return withSeverity(commonLabels, worst)
}

function withSeverity(labels: Labels, severity: Severity): Labels {
  return severityOf(labels) === severity && labels['severity'] !== undefined
    ? labels
    : { ...labels, severity }
}
