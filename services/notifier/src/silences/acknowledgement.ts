import { stringMap, timestamp } from '@tocsin/contract'
import { z } from 'zod'

/**
 * Somebody has seen that an alert fires: it is not repeated. Kept under `ack.<fingerprint>` of the bucket `silences`
 * until the alert ends.
 */
export const acknowledgement = z.object({
  fingerprint: z.string().min(1),
  startsAt: z.string().describe('since when the alert fires: what begins later is another matter'),
  labels: stringMap,
  groupKeys: z.array(z.string()).describe('the groups that repeated it'),
  by: z.string().min(1),
  comment: z.string(),
  at: timestamp,
  until: timestamp.optional().describe('repeats go on from then, if it still fires'),
})
export type Acknowledgement = z.infer<typeof acknowledgement>

/** Whether it still counts at this moment. */
export function isStanding({ until }: Acknowledgement, nowMs: number): boolean {
  return until === undefined || nowMs < Date.parse(until)
}
