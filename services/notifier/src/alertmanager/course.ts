import { type AlertEvent, alertEvent } from '@tocsin/contract'
import { z } from 'zod'

const epochMs = z.number()

/**
 * What is known of one alert on its way through Alertmanager, under `course.<fingerprint>` of the bucket `alertmanager`.
 * Only the notifier that holds the lease writes it.
 */
export const courseRecord = z.object({
  v: z.literal(1),
  fingerprint: z.string().describe('as Alertmanager computes it from the labels that it is sent'),
  event: alertEvent.describe('the last transition'),
  seq: z.int().nonnegative().describe('its place in ALERTS'),
  incarnation: z.string().describe('the making of ALERTS that the place is in'),
  takenMs: epochMs,
  acceptedMs: epochMs.optional().describe('an Alertmanager took this transition'),
  way: z.enum(['undecided', 'alertmanager', 'direct']).describe('who tells people of this transition'),
  told: z.enum(['nothing', 'firing', 'resolved']).describe('what people were told last, by either way'),
  toldMs: epochMs.optional(),
  seenMs: epochMs.optional().describe('Alertmanager last showed that it knows of having told that it fires'),
  toldBy: z.string().optional().describe('the webhook that told it: the same one may again'),
  astray: z
    .boolean()
    .describe('Alertmanager may take the next beginning for one that it has told: it is told directly'),
  lapsed: z
    .boolean()
    .optional()
    .describe('Alertmanager takes it for over while it fires, which people were not told'),
  owed: z
    .enum(['nothing', 'firing'])
    .optional()
    .describe('a direct transition that is not in ALERTS yet, and what people had heard before it'),
})
export type Course = z.infer<typeof courseRecord>

export interface TakenTransition {
  readonly event: AlertEvent
  readonly seq: number
  readonly incarnation: string
  readonly fingerprint: string
  readonly nowMs: number
}

/** Decides how the news of a transition begins its way; undefined for one that is known. */
export function takeTransition(
  previous: Course | undefined,
  { event, seq, incarnation, fingerprint, nowMs }: TakenTransition,
): Course | undefined {
  if (previous && isKnown(previous, { event, seq, incarnation })) return undefined
  const place = { v: 1 as const, fingerprint, event, seq, incarnation }
  const direct = { way: 'direct', owed: 'nothing' } as const
  if (!previous) {
    const fresh = { ...place, takenMs: nowMs, told: 'nothing' as const, astray: false }
    // Its beginning was not Alertmanager's: whoever was told of it directly hears of its end the same way.
    const begins = event.state === 'firing' && event.notice === undefined
    return begins
      ? { ...fresh, way: 'undecided' }
      : { ...fresh, ...direct, told: event.state === 'resolved' ? 'resolved' : 'firing' }
  }
  const { told, toldMs, seenMs, toldBy, astray, lapsed } = previous
  const known = { ...place, takenMs: nowMs, told, toldMs, seenMs, toldBy, astray }
  const wasFiring = previous.event.state === 'firing'
  // What is over for Alertmanager already does not end once more.
  if (event.state === 'resolved' && lapsed && told === 'firing')
    return turnDirect({ ...known, way: 'undecided' }, nowMs)
  if (event.state === 'resolved')
    return previous.way === 'direct' && wasFiring
      ? { ...known, ...direct, told: 'resolved', toldMs: nowMs }
      : { ...known, way: 'undecided' }
  // It goes on: what is told of it (that it flaps, say) goes the way that its beginning went.
  if (wasFiring) return { ...previous, ...place, ...(previous.way === 'direct' ? direct : {}) }
  if (astray) return { ...known, ...direct, told: 'firing', toldMs: nowMs }
  return { ...known, way: 'undecided', told: told === 'firing' ? 'firing' : 'nothing' }
}

function isKnown(
  previous: Course,
  { event, seq, incarnation }: Pick<TakenTransition, 'event' | 'seq' | 'incarnation'>,
): boolean {
  return event.id === previous.event.id || (incarnation === previous.incarnation && seq <= previous.seq)
}

/** This transition from now on is told directly. */
export function turnDirect(course: Course, nowMs: number): Course {
  const ends = course.event.state === 'resolved'
  return {
    ...course,
    way: 'direct',
    owed: ends && course.told === 'firing' ? 'firing' : 'nothing',
    told: ends ? 'resolved' : 'firing',
    toldMs: nowMs,
    // Of an end that it has not told itself, Alertmanager's memory is behind.
    astray: course.astray || ends,
  }
}
