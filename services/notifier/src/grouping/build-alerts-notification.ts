import {
  CONTRACT_VERSION,
  type Labels,
  type OutboxAlerts,
  type Severity,
  type Stages,
  severities,
} from '@tocsin/contract'
import type { Route } from '../policy/policy.ts'
import { inAlertOrder } from './alert-order.ts'
import type { Telling } from './decide-flush.ts'
import { shortHash } from './group-key.ts'
import type { AlertRecord } from './records.ts'

/** A notification before it is made out to its channels. */
export type AlertsNotification = Omit<OutboxAlerts, 'channel'>

/** The group that a notification is of. */
export interface GroupFacts {
  readonly key: string
  readonly labels: Labels
  readonly route: Pick<Route, 'key' | 'receiver'>
}

/**
 * What a flush tells. Its id follows from the group, its transitions, and how often it was told before, so that the
 * same flush made again after a crash is the same notification.
 */
export function buildAlertsNotification(
  { alerts: told, news, count }: Pick<Telling, 'alerts' | 'news' | 'count'>,
  { key, labels, route }: GroupFacts,
  externalURL: string,
  nowMs: number,
): AlertsNotification {
  const alerts = inAlertOrder(told)
  const firing = alerts.some((record) => record.status === 'firing')
  const bodies = alerts.map((record) => record.alert)
  return {
    v: CONTRACT_VERSION,
    id: `${shortHash(key)}-${count}-${contentHash(alerts)}`,
    time: new Date(nowMs).toISOString(),
    source: 'notifier',
    kind: 'alerts',
    receiver: route.receiver,
    route: route.key,
    severity: worst(alerts.map((record) => record.severity)),
    groupKey: key,
    stages: { ...stagesOf(news), grouped: new Date(nowMs).toISOString() },
    status: firing ? 'firing' : 'resolved',
    groupLabels: { ...labels },
    commonLabels: common(bodies.map((body) => body.labels)),
    commonAnnotations: common(bodies.map((body) => body.annotations)),
    externalURL,
    truncatedAlerts: 0,
    alerts: bodies,
  }
}

function contentHash(alerts: readonly AlertRecord[]): string {
  return shortHash(JSON.stringify(alerts.map(({ fingerprint, status, id }) => [fingerprint, status, id])))
}

export function worst(given: readonly Severity[]): Severity {
  return given.reduce<Severity>((a, b) => (severities.indexOf(b) > severities.indexOf(a) ? b : a), 'low')
}

/** The pairs that all have. */
export function common(maps: readonly Readonly<Record<string, string>>[]): Record<string, string> {
  const [first = {}, ...rest] = maps
  if (rest.length === 0) return { ...first }
  return Object.fromEntries(
    Object.entries(first).filter(([name, value]) => rest.every((map) => map[name] === value)),
  )
}

/** Of several new transitions, the one that has waited longest tells how late the notification is. */
function stagesOf(news: readonly AlertRecord[]): Stages {
  const oldest = news.reduce<AlertRecord | undefined>(
    (a, b) => (a && a.acceptedMs <= b.acceptedMs ? a : b),
    undefined,
  )
  return oldest?.stages ?? {}
}
