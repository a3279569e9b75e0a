import type { PostedRecord } from './posted-record.ts'

/** Since when somebody is at work again, and how long an alert may go on at most that was not heard of before. */
export interface Absence {
  readonly endedMs: number
  readonly mostGraceMs: number
}

/**
 * What is known of a posted alert that fires, once the work is taken up. An end that was given holds to the moment while it
 * is still to come. Where it has passed, none was given, or a refresh may have moved it that was not stored, its sender
 * may have had nobody to tell that it still fires: it has as long as it was given when posted, `resolve_timeout` at
 * most, from now on. Only once: until it is posted again, what takes up the work after us keeps to that end.
 */
export function afterAbsence(record: PostedRecord, { endedMs, mostGraceMs }: Absence): PostedRecord {
  const { fingerprint, alert, postedMs, isFiring, isRefreshed, isInGrace } = record
  if (!isFiring || isInGrace) return record
  const endMs = Date.parse(alert.endsAt)
  const isCertain = !alert.timeout && !isRefreshed
  if (isCertain && endMs > endedMs) return record
  const graceEndMs = endedMs + Math.min(mostGraceMs, endMs - postedMs)
  if (graceEndMs <= endMs) return record
  const endsAt = new Date(graceEndMs).toISOString()
  return { fingerprint, alert: { ...alert, endsAt, timeout: true }, postedMs, isFiring, isInGrace: true }
}
