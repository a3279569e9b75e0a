import { type Clock, createThrottle, type Log } from '@tocsin/runtime'
import type { FiringAlerts } from '../api-v2/follow-alerts.ts'
import { labelsOfRecord } from '../policy/routing-labels.ts'
import type { FollowedBucket } from './followed-bucket.ts'
import { type Reminder, reminderOf } from './reminder-message.ts'
import { type Silence, stateOf } from './silence.ts'
import { reminderKey, type Silences } from './silences.ts'

export interface RemindersDeps {
  readonly silences: Silences
  readonly bucket: Pick<FollowedBucket, 'read' | 'write'>
  readonly firing: Pick<FiringAlerts, 'list'>
  /** Stores a message for people; repeating it with the same id is safe. */
  readonly notify: (reminder: Reminder) => Promise<void>
  /** How long before a silence ends; 0 for never. Milliseconds. */
  readonly beforeMs: number
  readonly clock: Clock
  readonly log: Log
  readonly mayAct: () => boolean
  /** Aborts when this process must leave the work to another. */
  readonly signal: AbortSignal
}

const LOOK_EVERY_MS = 5000

/**
 * Tells people of each silence that ends soon and still mutes something: once for each end, also over restarts. The
 * function returned ends that.
 */
export function startReminders(deps: RemindersDeps): () => void {
  const { silences, bucket, firing, notify, beforeMs, clock, log, mayAct, signal } = deps
  const throttle = createThrottle(clock)
  /** The ends that people were told of, by silence. */
  const told = new Map<string, string>()
  let disarm = () => {}

  function endsSoon(silence: Silence, nowMs: number): boolean {
    return stateOf(silence, nowMs) === 'active' && silence.endsMs - nowMs <= beforeMs
  }

  /** The message first, then that it was sent: a crash in between sends the same message, with the same id, again. */
  async function remindOf({ record, ...silence }: Silence): Promise<void> {
    const { id, endsAt } = record
    if (told.get(id) === endsAt) return
    const stored = await bucket.read(reminderKey(id))
    if (stored?.value !== endsAt) {
      const nowMs = clock.now()
      const muted = firing
        .list()
        .filter((alert) => silences.silencedBy(labelsOfRecord(alert), nowMs).includes(id))
      if (muted.length === 0 || !mayAct()) return
      await notify(reminderOf({ record, ...silence }, muted, nowMs))
      await bucket.write(reminderKey(id), endsAt, stored)
    }
    told.set(id, endsAt)
  }

  async function look(): Promise<void> {
    const nowMs = clock.now()
    for (const id of told.keys()) if (!silences.get(id)) told.delete(id)
    try {
      for (const silence of silences.list()) if (endsSoon(silence, nowMs)) await remindOf(silence)
    } catch (error) {
      const due = throttle('reminder')
      if (due) log.warn({ err: error, ...due }, 'people are reminded of a silence that ends soon later')
    }
    if (!signal.aborted) disarm = clock.setTimeout(() => void look(), LOOK_EVERY_MS)
  }

  if (beforeMs > 0) disarm = clock.setTimeout(() => void look(), 0)
  return () => disarm()
}
