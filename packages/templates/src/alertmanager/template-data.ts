import {
  isKind,
  type ListValue,
  listOf,
  type Method,
  type MethodSet,
  type StructValue,
  type TimeValue,
  type Value,
} from '../values/value.ts'
import { keyValues } from './key-values.ts'

/** One alert of a notification, as Alertmanager's webhook has it. Times are RFC 3339. */
export interface TemplateAlert {
  readonly status: string
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly startsAt: string
  readonly endsAt: string
  readonly generatorURL: string
  readonly fingerprint: string
}

/** What a notification's templates are given: the fields of Alertmanager's webhook, and ours. */
export interface TemplateData {
  readonly receiver: string
  readonly status: string
  readonly alerts: readonly TemplateAlert[]
  readonly groupLabels: Readonly<Record<string, string>>
  readonly commonLabels: Readonly<Record<string, string>>
  readonly commonAnnotations: Readonly<Record<string, string>>
  readonly externalURL: string
  /** The worst of the alerts: Tocsin's own. */
  readonly severity?: string
  readonly groupKey?: string
  /** How many alerts of the group were left out: Tocsin's own. */
  readonly truncatedAlerts?: number
}

const ZERO_TIME = Date.parse('0001-01-01T00:00:00Z')

function timeOf(text: string): TimeValue {
  const ms = Date.parse(text)
  return { kind: 'time', ms: Number.isNaN(ms) ? ZERO_TIME : ms, zone: 'UTC' }
}

function alertValue(alert: TemplateAlert): StructValue {
  return {
    kind: 'struct',
    type: 'template.Alert',
    fields: {
      Status: alert.status,
      Labels: keyValues(alert.labels),
      Annotations: keyValues(alert.annotations),
      StartsAt: timeOf(alert.startsAt),
      EndsAt: timeOf(alert.endsAt),
      GeneratorURL: alert.generatorURL,
      Fingerprint: alert.fingerprint,
    },
  }
}

const withStatus = (status: string): Method => ({
  params: [],
  call(owner) {
    const alerts = isKind(owner, 'list') ? owner.items : []
    return listOf(
      alerts.filter((alert) => isKind(alert, 'struct') && alert.fields['Status'] === status),
      '[]template.Alert',
    )
  },
})
const alertsMethods: MethodSet = { Firing: withStatus('firing'), Resolved: withStatus('resolved') }

function alertsValue(alerts: readonly TemplateAlert[]): ListValue {
  return listOf(alerts.map(alertValue), 'template.Alerts', alertsMethods)
}

/** The data as templates see it: Alertmanager's `template.Data`, then Tocsin's own fields. */
export function dataValue(data: TemplateData): Value {
  const fields: Record<string, Value> = {
    Receiver: data.receiver,
    Status: data.status,
    Alerts: alertsValue(data.alerts),
    GroupLabels: keyValues(data.groupLabels),
    CommonLabels: keyValues(data.commonLabels),
    CommonAnnotations: keyValues(data.commonAnnotations),
    ExternalURL: data.externalURL,
  }
  const own: readonly [string, Value][] = [
    ['Severity', data.severity],
    ['GroupKey', data.groupKey],
    ['TruncatedAlerts', data.truncatedAlerts === undefined ? undefined : BigInt(data.truncatedAlerts)],
  ]
  for (const [name, value] of own) if (value !== undefined) fields[name] = value
  return { kind: 'struct', type: 'template.Data', fields }
}
