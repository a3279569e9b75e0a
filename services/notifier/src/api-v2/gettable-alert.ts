import type { AlertRecord } from '../grouping/records.ts'
import type { AlertStatus } from './alert-status.ts'

/** An alert as the API shows it; `endsMs` is when it ends if it is not heard of again. */
export function gettableAlert(
  { alert, acceptedMs }: AlertRecord,
  status: AlertStatus,
  receivers: readonly string[],
  endsMs: number,
) {
  return {
    annotations: alert.annotations,
    endsAt: new Date(endsMs).toISOString(),
    fingerprint: alert.fingerprint,
    receivers: receivers.map((name) => ({ name })),
    startsAt: new Date(alert.startsAt).toISOString(),
    status,
    updatedAt: new Date(acceptedMs).toISOString(),
    ...(alert.generatorURL === '' ? {} : { generatorURL: alert.generatorURL }),
    labels: alert.labels,
  }
}
export type GettableAlert = ReturnType<typeof gettableAlert>
