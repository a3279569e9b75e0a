import type { Alert, RuleRef } from '@tocsin/alerting'
import { type AlertEvent, alertEvent, stringMap } from '@tocsin/contract'
import { formatFloat } from '@tocsin/templates'
import { z } from 'zod'

const epochMs = z.number()
const phase = z.enum(['pending', 'firing', 'resolved', 'inactive'])

/** What the `alert-state` bucket holds under `<rule id>.<fingerprint>`. */
export const alertRecord = z.object({
  v: z.literal(1),
  rule: z.object({
    id: z.string(),
    name: z.string(),
    group: z.string(),
    file: z.string(),
    origin: z.enum(['file', 'pack', 'custom', 'dynamic']),
  }),
  alert: z.object({
    fingerprint: z.string(),
    labels: stringMap,
    annotations: stringMap,
    phase,
    value: z.string(),
    activeAt: epochMs,
    firedAt: epochMs.optional(),
    endedAt: epochMs.optional(),
    keepFiringSince: epochMs.optional(),
    unresolvedSince: epochMs.optional(),
    noDataSince: epochMs.optional(),
    watched: z.boolean().optional(),
    origin: z.string().optional(),
    flapping: z
      .object({
        changes: z.array(epochMs).readonly(),
        since: epochMs.optional(),
        heldBack: z
          .object({
            phase,
            activeAt: epochMs,
            firedAt: epochMs.optional(),
            endedAt: epochMs.optional(),
          })
          .optional(),
      })
      .optional(),
    sequence: z.int().nonnegative(),
  }),
  /** The transition that led here, until it is known to be published. Labels and annotations are the alert's. */
  unpublished: alertEvent.omit({ labels: true, annotations: true }).optional(),
})
export type AlertRecord = z.infer<typeof alertRecord>

export function toRecord(rule: RuleRef, alert: Alert, event?: AlertEvent): AlertRecord {
  const record: AlertRecord = {
    v: 1,
    rule,
    alert: { ...alert, value: formatFloat(alert.value, 'g') },
  }
  if (!event) return record
  const { labels: _, annotations: __, ...unpublished } = event
  return { ...record, unpublished }
}

export function alertOfRecord({ alert }: AlertRecord): Alert {
  const value = { '+Inf': Number.POSITIVE_INFINITY, '-Inf': Number.NEGATIVE_INFINITY }[alert.value]
  return { ...alert, value: value ?? Number(alert.value) }
}

/** The event that a record says is still to be published. */
export function eventOfRecord({ alert, unpublished }: AlertRecord): AlertEvent | undefined {
  return unpublished && { ...unpublished, labels: alert.labels, annotations: alert.annotations }
}
