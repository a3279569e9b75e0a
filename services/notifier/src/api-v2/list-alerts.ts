import { inAlertOrder } from '../grouping/alert-order.ts'
import { groupOf } from '../grouping/group-key.ts'
import type { AlertRecord } from '../grouping/records.ts'
import { type Matcher, matchesAll } from '../matchers/matcher.ts'
import type { Policy, Route } from '../policy/policy.ts'
import { routesOf } from '../policy/routes-of.ts'
import { labelsOfRecord } from '../policy/routing-labels.ts'
import { type AlertStatus, intervalsMuting, type StatusDeps, statusOf } from './alert-status.ts'
import type { FiringAlerts } from './follow-alerts.ts'
import { type GettableAlert, gettableAlert } from './gettable-alert.ts'

/** Which alerts are asked for. */
export interface AlertQuery {
  readonly filter: readonly Matcher[]
  readonly wantsReceiver: (receiver: string) => boolean
  readonly active: boolean
  readonly silenced: boolean
  readonly inhibited: boolean
  /** Groups that a time interval mutes. */
  readonly muted: boolean
}

export interface ListDeps extends StatusDeps {
  readonly firing: FiringAlerts
  readonly policy: Policy
  readonly nowMs: number
}

function isWanted(record: AlertRecord, status: AlertStatus, query: AlertQuery): boolean {
  if (!query.active && status.silencedBy.length + status.inhibitedBy.length === 0) return false
  if (!query.silenced && status.silencedBy.length > 0) return false
  if (!query.inhibited && status.inhibitedBy.length > 0) return false
  return matchesAll(query.filter, record.alert.labels)
}

/** The end that an alert was posted with; of one that has none to come, a resolve timeout from now. */
function endOf({ fingerprint }: AlertRecord, { firing, policy, nowMs }: ListDeps): number {
  const endMs = firing.endOf(fingerprint) ?? 0
  return endMs > nowMs ? endMs : nowMs + policy.resolveTimeoutMs
}

/** The alerts that fire, in the order of their fingerprints. */
export function listAlerts(query: AlertQuery, deps: ListDeps): GettableAlert[] {
  const { firing, policy, nowMs } = deps
  const found: GettableAlert[] = []
  for (const record of firing.list()) {
    const receivers = receiversOf(policy, record)
    if (!receivers.some(query.wantsReceiver)) continue
    const status = statusOf(record, deps, nowMs)
    if (isWanted(record, status, query))
      found.push(gettableAlert(record, status, receivers, endOf(record, deps)))
  }
  return found.sort((a, b) => compare(a.fingerprint, b.fingerprint))
}

export interface AlertGroup {
  readonly alerts: readonly GettableAlert[]
  readonly labels: Readonly<Record<string, string>>
  readonly receiver: { readonly name: string }
}

/** The groups that alerts which fire are told in, as their routes make them. */
export function listGroups(query: AlertQuery, deps: ListDeps): AlertGroup[] {
  const { firing, policy, nowMs } = deps
  const groups: AlertGroup[] = []
  for (const { route, labels, records } of groupsOf(firing.list(), policy)) {
    const mutedBy = intervalsMuting(policy, route, nowMs)
    if (!query.wantsReceiver(route.receiver) || (!query.muted && mutedBy.length > 0)) continue
    const alerts = inAlertOrder(records).flatMap((record) => {
      const status = statusOf(record, deps, nowMs, mutedBy)
      return isWanted(record, status, query)
        ? [gettableAlert(record, status, receiversOf(policy, record), endOf(record, deps))]
        : []
    })
    if (alerts.length > 0) groups.push({ alerts, labels, receiver: { name: route.receiver } })
  }
  const order = ({ labels, receiver }: AlertGroup) => JSON.stringify([Object.entries(labels), receiver.name])
  return groups.sort((a, b) => compare(order(a), order(b)))
}

interface RoutedGroup {
  readonly key: string
  readonly route: Route
  readonly labels: Readonly<Record<string, string>>
  readonly records: AlertRecord[]
}

/** The groups of alerts, by the routes that hold now. */
export function groupsOf(records: readonly AlertRecord[], policy: Policy): Iterable<RoutedGroup> {
  const groups = new Map<string, RoutedGroup>()
  for (const record of records) {
    const own = labelsOfRecord(record)
    for (const route of routesOf(policy, own)) {
      const { key, labels } = groupOf(route, own)
      const group = groups.get(key) ?? { key, route, labels, records: [] }
      group.records.push(record)
      groups.set(key, group)
    }
  }
  return groups.values()
}

function receiversOf(policy: Policy, record: AlertRecord): readonly string[] {
  return routesOf(policy, labelsOfRecord(record)).map(({ receiver }) => receiver)
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
