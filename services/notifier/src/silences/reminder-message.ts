import { CONTRACT_VERSION, type NotificationRequest } from '@tocsin/contract'
import { worst } from '../grouping/build-alerts-notification.ts'
import type { AlertRecord } from '../grouping/records.ts'
import { formatMatchers } from '../matchers/format-matcher.ts'
import type { Silence } from './silence.ts'

export type Reminder = NotificationRequest & { readonly id: string }

const MOST_NAMES = 10

/** What people are told of a silence that ends soon. Its id is the same for the same end. */
export function reminderOf(silence: Silence, muted: readonly AlertRecord[], nowMs: number): Reminder {
  const { record, endsMs } = silence
  const minutes = Math.max(1, Math.round((endsMs - nowMs) / 60_000))
  const names = [...new Set(muted.map(({ alert }) => alert.labels['alertname'] ?? 'unnamed'))].sort()
  const more = names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : ''
  const counted = muted.length === 1 ? '1 alert' : `${muted.length} alerts`
  const isGrave = ['high', 'critical'].includes(worst(muted.map(({ severity }) => severity)))
  return {
    v: CONTRACT_VERSION,
    id: `silence-ends-${record.id}-${endsMs.toString(36)}`,
    time: new Date(nowMs).toISOString(),
    source: 'notifier',
    title: `A silence ends in ${minutes} min, and ${counted} will be told again`,
    message: `It mutes ${names.slice(0, MOST_NAMES).join(', ')}${more}. Lengthen it, or see to them: ${record.comment}`,
    // Not the alert itself: it pages nobody as one.
    severity: isGrave ? 'high' : 'medium',
    metadata: {
      silence: record.id,
      matchers: formatMatchers(record.matchers),
      endsAt: record.endsAt,
      createdBy: record.createdBy,
      alerts: muted.length,
    },
  }
}
