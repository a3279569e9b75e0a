import { type Labels, severity, stages, webhookAlert } from '@tocsin/contract'
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
  severity,
  alert: webhookAlert,
  acceptedMs: z.number(),
  stages,
})
export type AlertRecord = z.infer<typeof alertRecord>

/** What some of a group's channels were told: Alertmanager's notification log. Sets of fingerprints. */
export interface Told {
  readonly channels: readonly string[]
  /** Whether these channels are told of ends. */
  readonly sendResolved: boolean
  /** When they were told last. */
  readonly atMs: number
  /** How often they have been told. */
  readonly count: number
  /** What the last notification said fires. */
  readonly firing: ReadonlySet<string>
  /** What they have been told fires, and not that it ended. */
  readonly open: ReadonlySet<string>
  /** Of the open ones, those whose end passed while it was muted: it is not told any more. */
  readonly dropped: ReadonlySet<string>
}

/** What a group has told: written after a flush is in the outbox, gone when nothing of it stands any more. */
export interface GroupRecord {
  readonly key: string
  readonly route: { readonly key: string; readonly name: string; readonly receiver: string }
  readonly labels: Labels
  /** The first flush; later ones lie whole intervals after it. Undefined when the group is over, and something stands. */
  readonly anchorMs: number | undefined
  readonly told: readonly Told[]
}
