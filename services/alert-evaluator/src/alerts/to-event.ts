import type { Alert, Change, RuleRef } from '@tocsin/alerting'
import { type AlertEvent, CONTRACT_VERSION, type Stages, severityOf } from '@tocsin/contract'
import { formatFloat } from '@tocsin/templates'

export interface EventContext {
  readonly source: string
  readonly stages: Stages
  /** Where the alert links to. */
  readonly generatorURL: string
  /** The evaluation's time. */
  readonly atMs: number
  readonly notice?: Change['notice']
}

/** The event that tells of a transition. Its id names the alert, its new state and the evaluation. */
export function toEvent(
  { id, name, group, origin }: RuleRef,
  alert: Alert,
  transition: NonNullable<Change['transition']>,
  { source, stages, generatorURL, atMs, notice }: EventContext,
): AlertEvent {
  return {
    v: CONTRACT_VERSION,
    id: `${id}.${alert.fingerprint}.${transition}.${Math.round(atMs)}.${alert.sequence}`,
    time: isoTime(atMs),
    source,
    state: transition,
    ...(notice ? { notice } : {}),
    alertname: name,
    fingerprint: alert.fingerprint,
    severity: severityOf(alert.labels),
    labels: alert.labels,
    annotations: alert.annotations,
    value: formatFloat(alert.value, 'f'),
    activeAt: isoTime(alert.activeAt),
    ...(alert.firedAt === undefined ? {} : { firedAt: isoTime(alert.firedAt) }),
    ...(transition === 'resolved' && alert.endedAt !== undefined
      ? { resolvedAt: isoTime(alert.endedAt) }
      : {}),
    generatorURL,
    group,
    origin,
    stages,
  }
}

export function isoTime(ms: number): string {
  return new Date(ms).toISOString()
}
