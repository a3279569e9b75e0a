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

/** One alert of a notification, in the names that templates use. Times are RFC 3339. */
export interface TemplateAlert {
  readonly Status: string
  readonly Labels: Readonly<Record<string, string>>
  readonly Annotations: Readonly<Record<string, string>>
  readonly StartsAt: string
  readonly EndsAt: string
  readonly GeneratorURL: string
  readonly Fingerprint: string
}

/** What a notification's templates are given: Alertmanager's data, and two fields of Tocsin's own. */
export interface TemplateData {
  readonly Receiver: string
  readonly Status: string
  readonly Alerts: readonly TemplateAlert[]
  readonly GroupLabels: Readonly<Record<string, string>>
  readonly CommonLabels: Readonly<Record<string, string>>
  readonly CommonAnnotations: Readonly<Record<string, string>>
  readonly ExternalURL: string
  /** Names the group of alerts: Tocsin's own. */
  readonly GroupKey?: string
  /** How many alerts of the group were left out: Tocsin's own. */
  readonly TruncatedAlerts?: number
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
      Status: alert.Status,
      Labels: keyValues(alert.Labels),
      Annotations: keyValues(alert.Annotations),
      StartsAt: timeOf(alert.StartsAt),
      EndsAt: timeOf(alert.EndsAt),
      GeneratorURL: alert.GeneratorURL,
      Fingerprint: alert.Fingerprint,
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
  const { GroupKey, TruncatedAlerts } = data
  return {
    kind: 'struct',
    type: 'template.Data',
    fields: {
      Receiver: data.Receiver,
      Status: data.Status,
      Alerts: alertsValue(data.Alerts),
      GroupLabels: keyValues(data.GroupLabels),
      CommonLabels: keyValues(data.CommonLabels),
      CommonAnnotations: keyValues(data.CommonAnnotations),
      ExternalURL: data.ExternalURL,
      ...(GroupKey === undefined ? {} : { GroupKey }),
      ...(TruncatedAlerts === undefined ? {} : { TruncatedAlerts: BigInt(TruncatedAlerts) }),
    },
  }
}
