import { severity, stages, stringMap, webhookAlert } from '@tocsin/contract'
import { z } from 'zod'

/**
 * What is known of one alert, under `alert.<fingerprint>` of the bucket `groups`.
 * `seq` is the place of its last transition in the ALERTS stream: everything up to it has been taken in.
 */
export const alertRecord = z.object({
  fingerprint: z.string(),
  id: z.string().describe('of the last transition'),
  seq: z.int().nonnegative(),
  status: z.enum(['firing', 'resolved']),
  heard: z.enum(['nothing', 'firing', 'resolved']).describe('what receivers knew before this transition'),
  severity,
  route: z.string(),
  groupKey: z.string(),
  groupLabels: stringMap,
  alert: webhookAlert,
  acceptedMs: z.number(),
  stages,
})
export type AlertRecord = z.infer<typeof alertRecord>

/**
 * What a group has told, under `group.<hash>`: written after a flush is in the outbox, gone when the group is over.
 * The next flush is not stored: it follows from this, the members and the route.
 */
export const groupRecord = z.object({
  key: z.string(),
  anchorMs: z.number().describe('the first flush; later ones lie whole intervals after it'),
  flushedSeq: z.int().describe('transitions up to here have been told'),
  lastSentMs: z.number(),
  repeats: z.int().nonnegative().describe('flushes since something changed'),
})
export type GroupRecord = z.infer<typeof groupRecord>

/** What the receivers know of an alert now. A group without a record has told nothing that still stands. */
export function heardOf(record: AlertRecord, group: GroupRecord | undefined): AlertRecord['heard'] {
  if (!group) return record.status === 'resolved' ? 'resolved' : 'nothing'
  return record.seq <= group.flushedSeq ? record.status : record.heard
}
