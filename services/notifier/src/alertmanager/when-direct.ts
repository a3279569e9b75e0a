import type { Course } from './course.ts'

/** How things stand with the Alertmanagers. Milliseconds. */
export interface Situation {
  readonly nowMs: number
  /** When this notifier began: nobody was there to be told before. */
  readonly beganMs: number
  /** Since when none of them can be reached; undefined while one can. */
  readonly downSinceMs: number | undefined
  /** Since when one of them can be reached again, as far as there was an outage. */
  readonly returnedMs: number | undefined
  /** Whether a webhook of theirs has ever come, or one that should have has not. */
  readonly webhook: 'seen' | 'awaited' | 'overdue'
}

/** Milliseconds. */
export interface Patience {
  /** How long a transition waits to be taken. */
  readonly fallbackAfterMs: number
  /** How long after that its webhook may take; 0 where none is waited for. */
  readonly webhookWithinMs: number
  /** How long after an outage what people know already may come once more. */
  readonly repeatWindowMs: number
}

export type DirectReason = 'not_taken' | 'lost' | 'forgotten' | 'no_webhook'

/**
 * When a transition is to be told directly if nothing changes until then, and why; undefined when it is not to be.
 * Milliseconds since the epoch.
 */
export function whenDirect(
  course: Course,
  { beganMs, downSinceMs, returnedMs, webhook }: Omit<Situation, 'nowMs'>,
  { fallbackAfterMs, webhookWithinMs }: Patience,
): { readonly atMs: number; readonly reason: DirectReason } | undefined {
  const { way, acceptedMs, event, told } = course
  const firing = event.state === 'firing'
  const hasNews = firing ? told !== 'firing' : told === 'firing'
  if (way === 'direct' || !hasNews) return undefined
  // It may not know that it has told of the beginning: then it never tells of the end.
  if (!firing && returnedMs !== undefined && returnedMs > (course.seenMs ?? 0))
    return { atMs: Math.max(course.takenMs, returnedMs), reason: 'forgotten' }
  const takenMs = Math.max(course.takenMs, beganMs)
  const fallbackMs = downSinceMs === undefined ? undefined : downSinceMs + fallbackAfterMs
  if (acceptedMs === undefined) {
    const patient = takenMs + fallbackAfterMs
    // While it is known that none can be reached, nothing is waited for.
    const atMs = fallbackMs === undefined ? patient : Math.min(patient, Math.max(course.takenMs, fallbackMs))
    return { atMs, reason: 'not_taken' }
  }
  if (webhookWithinMs === 0) return undefined
  // It was taken, and may have died with what took it; what was not told for longer is kept quiet by a silence.
  if (fallbackMs !== undefined)
    return webhook !== 'seen' || acceptedMs + webhookWithinMs > (downSinceMs ?? 0)
      ? { atMs: fallbackMs, reason: 'lost' }
      : undefined
  if (!firing || webhook === 'seen') return undefined
  return { atMs: acceptedMs + (webhook === 'overdue' ? 0 : webhookWithinMs), reason: 'no_webhook' }
}
