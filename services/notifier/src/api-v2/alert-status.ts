import type { AlertRecord } from '../grouping/records.ts'
import type { Policy, Route } from '../policy/policy.ts'
import { mutedByTime } from '../policy/policy-mutes.ts'
import { labelsOfRecord } from '../policy/routing-labels.ts'
import { containsTime } from '../policy/time-interval.ts'
import type { Silences } from '../silences/silences.ts'
import type { FiringAlerts } from './follow-alerts.ts'

/** What keeps an alert from being told, as the API shows it. */
export interface AlertStatus {
  readonly state: 'active' | 'suppressed'
  readonly silencedBy: readonly string[]
  readonly inhibitedBy: readonly string[]
  /** The time intervals that mute its group. */
  readonly mutedBy: readonly string[]
}

export interface StatusDeps {
  readonly silences: Pick<Silences, 'silencedBy'>
  readonly firing: Pick<FiringAlerts, 'inhibitedBy'>
}

export function statusOf(
  record: AlertRecord,
  { silences, firing }: StatusDeps,
  nowMs: number,
  mutedBy: readonly string[] = [],
): AlertStatus {
  const labels = labelsOfRecord(record)
  const silencedBy = silences.silencedBy(labels, nowMs)
  const inhibitedBy = firing.inhibitedBy(labels)
  const isSuppressed = silencedBy.length > 0 || inhibitedBy.length > 0 || mutedBy.length > 0
  return { state: isSuppressed ? 'suppressed' : 'active', silencedBy, inhibitedBy, mutedBy }
}

/** The intervals by which a route is quiet at this moment. */
export function intervalsMuting({ timeIntervals }: Policy, route: Route, nowMs: number): readonly string[] {
  const isTime = (name: string) =>
    (timeIntervals.get(name) ?? []).some((interval) => containsTime(interval, nowMs))
  return mutedByTime(route, isTime)?.ids ?? []
}
