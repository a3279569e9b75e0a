import { CONTRACT_VERSION, type OutboxAlerts, type Severity, type Stages, severities } from '@tocsin/contract'
import type { Route } from '../policy/policy.ts'
import { shortHash } from './group-key.ts'
import type { AlertRecord, GroupRecord } from './records.ts'

/** A notification before it is made out to its channels. */
export type AlertsNotification = Omit<OutboxAlerts, 'channel'>

export interface Flush {
  readonly alerts: readonly AlertRecord[]
  readonly news: readonly AlertRecord[]
  readonly next: GroupRecord
}

/**
 * What a flush tells. Its id follows from the stream, the group and the last transition told (and the count of repeats
 * since), so that the same flush made again after a crash is the same notification.
 */
export function buildAlertsNotification(
  { alerts, news, next }: Flush,
  route: Route,
  { externalURL, incarnation }: { readonly externalURL: string; readonly incarnation: string },
  nowMs: number,
): AlertsNotification {
  const firing = alerts.some((record) => record.status === 'firing')
  const bodies = alerts.map((record) => record.alert)
  return {
    v: CONTRACT_VERSION,
    id: `${shortHash(`${incarnation} ${next.key}`)}-${next.flushedSeq}-${next.repeats}`,
    time: new Date(nowMs).toISOString(),
    source: 'notifier',
    kind: 'alerts',
    receiver: route.receiver,
    severity: worst(alerts.map((record) => record.severity)),
    groupKey: next.key,
    stages: { ...stagesOf(news), grouped: new Date(nowMs).toISOString() },
    status: firing ? 'firing' : 'resolved',
    groupLabels: alerts[0]?.groupLabels ?? {},
    commonLabels: common(bodies.map((body) => body.labels)),
    commonAnnotations: common(bodies.map((body) => body.annotations)),
    externalURL,
    truncatedAlerts: 0,
    alerts: bodies,
  }
}

export function worst(given: readonly Severity[]): Severity {
  return given.reduce<Severity>((a, b) => (severities.indexOf(b) > severities.indexOf(a) ? b : a), 'low')
}

/** The pairs that all have. */
export function common(maps: readonly Readonly<Record<string, string>>[]): Record<string, string> {
  const [first = {}, ...rest] = maps
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
