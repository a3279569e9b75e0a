import type { WebhookAlert } from '@tocsin/contract'
import type { Course } from './course.ts'
import type { Patience, Situation } from './when-direct.ts'

/** What becomes of an alert that a webhook of Alertmanager mentions, and what is known of it from then on. */
export type Judgement =
  | { readonly action: 'tell'; readonly next: Course }
  | {
      readonly action: 'withhold'
      readonly reason: 'told_directly' | 'told_before' | 'still_firing'
      readonly next: Course
    }

/** Decides whether people hear of an alert by this webhook. `webhook` names it: the same one again is answered the same. */
export function judgeMention(
  course: Course,
  alert: Pick<WebhookAlert, 'status' | 'endsAt'>,
  webhook: string,
  { nowMs, returnedMs }: Pick<Situation, 'nowMs' | 'returnedMs'>,
  { repeatWindowMs }: Pick<Patience, 'repeatWindowMs'>,
): Judgement {
  const { status } = alert
  // A crash between this and its notification: what was decided then stands.
  if (course.toldBy === webhook && course.told === status && course.way !== 'direct')
    return { action: 'tell', next: course }
  if (course.way === 'direct') {
    const astray = status === 'firing'
    const next = astray === course.astray ? course : { ...course, astray }
    return { action: 'withhold', reason: 'told_directly', next }
  }
  const mayHaveForgotten =
    status === 'firing' && returnedMs !== undefined && (course.seenMs ?? 0) < returnedMs
  const tell = (): Judgement => {
    // A repeat changes nothing: it would be written for each one.
    if (course.told === status && course.way === 'alertmanager' && !mayHaveForgotten)
      return { action: 'tell', next: course }
    const seen = status === 'firing' ? { seenMs: nowMs } : {}
    const next: Course = { ...course, ...seen, told: status, toldMs: nowMs, toldBy: webhook }
    // A webhook of the beginning says nothing of who tells the end that has come since.
    return {
      action: 'tell',
      next: { ...next, way: course.event.state === status ? 'alertmanager' : course.way },
    }
  }
  if (status === 'firing') {
    if (course.lapsed) {
      const { lapsed: _, ...next } = course
      return course.told === 'firing' ? { action: 'withhold', reason: 'told_before', next } : tell()
    }
    const isRecent = returnedMs !== undefined && nowMs < returnedMs + repeatWindowMs
    const isKnown = course.told === 'firing' && returnedMs !== undefined && (course.toldMs ?? 0) < returnedMs
    const next = mayHaveForgotten ? { ...course, seenMs: nowMs } : course
    return isRecent && isKnown ? { action: 'withhold', reason: 'told_before', next } : tell()
  }
  const beganMs = Date.parse(course.event.firedAt ?? course.event.activeAt)
  if (course.event.state === 'firing' && Date.parse(alert.endsAt) > beganMs)
    // Alertmanager has not heard of it for so long that it takes it for over.
    return {
      action: 'withhold',
      reason: 'still_firing',
      next: course.lapsed ? course : { ...course, lapsed: true },
    }
  return tell()
}
