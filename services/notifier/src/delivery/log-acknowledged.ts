import type { AlertRecord } from '../grouping/records.ts'
import type { Policy } from '../policy/policy.ts'
import { tellingsOf } from '../policy/queues-of.ts'
import { labelsOfRecord } from '../policy/routing-labels.ts'
import type { Acknowledgement } from '../silences/acknowledgement.ts'
import { logSuppressed } from './log-suppressed.ts'

const TITLE_LENGTH = 200

/** Writes into the delivery log that somebody has seen an alert: it is a stage of its way, and ends its repeats. */
export async function logAcknowledged(
  deps: Parameters<typeof logSuppressed>[0],
  record: AlertRecord,
  { by, comment, at, groupKeys }: Acknowledgement,
  policy: Policy,
): Promise<void> {
  const { fingerprint, severity, stages, alert } = record
  const { alertname = 'Alert' } = alert.labels
  const tellings = tellingsOf(policy, labelsOfRecord(record))
  await logSuppressed(deps, {
    id: `ack-${fingerprint}-${Date.parse(at).toString(36)}`,
    reason: 'acknowledged',
    channels: [...new Set(tellings.flatMap(({ queues }) => queues))],
    receiver: tellings[0]?.route.receiver ?? 'none',
    kind: 'alerts',
    groupKey: groupKeys[0] ?? `alert:${fingerprint}`,
    severity,
    title: `[ACKNOWLEDGED] ${alertname} by ${by}${comment ? `: ${comment}` : ''}`.slice(0, TITLE_LENGTH),
    fingerprints: [fingerprint],
    alertnames: [alertname],
    stages: { ...stages, acknowledged: at },
    nowMs: Date.parse(at),
  })
}
