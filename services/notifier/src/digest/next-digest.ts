import { Cron } from 'croner'
import type { DigestOptions } from '../policy/policy.ts'

/**
 * When what has waited since `sinceMs` is told, in milliseconds since the epoch: at the schedule's next time after that.
 * It follows from the schedule alone, so that a time missed while nobody ran is made up for at once.
 */
export function nextDigestMs({ cron, timeZone, everyMs }: DigestOptions, sinceMs: number): number {
  const next =
    cron === undefined ? undefined : new Cron(cron, { timezone: timeZone }).nextRun(new Date(sinceMs))
  if (next) return next.getTime()
  // A schedule that never comes again must not keep anything for ever.
  const interval = everyMs ?? DAY_MS
  return sinceMs - (sinceMs % interval) + interval
}

const DAY_MS = 86_400_000
