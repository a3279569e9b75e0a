import type { Group } from '../grouping/group.ts'
import { shortHash } from '../grouping/group-key.ts'
import type { MutedBy } from '../grouping/mutes.ts'
import type { AlertRecord } from '../grouping/records.ts'
import { boundedId } from '../outbox/bounded-id.ts'
import type { Policy } from '../policy/policy.ts'
import { queuesOf } from '../policy/queues-of.ts'
import { logSuppressed, titleOfTransition } from './log-suppressed.ts'

const reasons = {
  silence: 'silenced',
  inhibition: 'inhibited',
  mute_interval: 'mute_interval',
  outside_active_interval: 'outside_active_interval',
} as const satisfies Record<MutedBy['by'], string>

/** What mutes something, as the delivery log names it. */
export function reasonOfMute({ by }: MutedBy): string {
  return reasons[by]
}

export interface Muted {
  readonly record: AlertRecord
  readonly group: Pick<Group, 'key' | 'route'>
  readonly mutedBy: MutedBy
  readonly nowMs: number
}

/** Writes into the delivery log that an alert is not told for now, and what mutes it. */
export function logMuted(
  deps: Parameters<typeof logSuppressed>[0],
  { record, group, mutedBy, nowMs }: Muted,
  policy: Policy,
): Promise<void> {
  const { alert, fingerprint, severity, stages, status, id } = record
  const { route, key } = group
  const { alertname = 'Alert' } = alert.labels
  return logSuppressed(deps, {
    id: `${boundedId(id)}-${shortHash(key)}-muted`,
    reason: reasonOfMute(mutedBy),
    channels: queuesOf(policy, route),
    receiver: route.receiver,
    kind: 'alerts',
    groupKey: key,
    severity,
    title: titleOfTransition({ state: status, alertname, annotations: alert.annotations }),
    fingerprints: [fingerprint],
    alertnames: [alertname],
    stages,
    nowMs,
  })
}
