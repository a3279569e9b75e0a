import { formatDuration } from '@tocsin/promql'
import type { FlapPolicy } from '@tocsin/rules'
import type { Alert, Change, Flapping } from './alert.ts'

interface FlapInput {
  readonly flap?: FlapPolicy | undefined
  readonly atMs: number
}

/** The alert as the machine is to see it: a flapping one as what it would be, were it not held. */
export function withoutMask(alert: Alert): Alert {
  const { flapping } = alert
  if (!flapping?.heldBack) return alert
  const { heldBack, ...rest } = flapping
  return { ...alert, firedAt: undefined, endedAt: undefined, ...heldBack, flapping: rest }
}

/**
 * Counts how often an alert begins and ceases to fire. One that fires with `changes` within the window flaps: it is told
 * so once and shown as firing, whatever it does, until half of them or less are left in the window.
 */
export function holdFlapping(
  before: Alert | undefined,
  stepped: Alert,
  { flap, atMs }: FlapInput,
): { readonly alert: Alert; readonly notice?: Change['notice'] } {
  if (!flap) return { alert: stepped.flapping ? { ...stepped, flapping: undefined } : stepped }
  const flapping = countChanges(before, stepped, flap, atMs)
  if (flapping?.since === undefined) {
    const alert = { ...stepped, flapping }
    if (before?.flapping?.since === undefined) return { alert }
    return stepped.phase === 'firing'
      ? { alert: { ...alert, annotations: calm(alert) }, notice: 'calm' }
      : { alert: ended(alert, atMs) }
  }
  const begins = before?.flapping?.since === undefined
  const alert = mask(before ?? stepped, stepped, flapping, flap)
  return begins ? { alert, notice: 'flapping' } : { alert }
}

/** When an alert will have been calm for long enough; infinite when it does not flap. Milliseconds since the epoch. */
export function calmAt({ flapping }: Alert, { flap }: Pick<FlapInput, 'flap'>): number {
  if (!flap || flapping?.since === undefined || flapping.heldBack?.phase === 'pending')
    return Number.POSITIVE_INFINITY
  const { changes } = flapping
  const decisive = changes[changes.length - 1 - Math.floor(flap.changes / 2)]
  return decisive === undefined ? flapping.since : decisive + flap.windowMs
}

function countChanges(
  before: Alert | undefined,
  stepped: Alert,
  { changes: most, windowMs }: FlapPolicy,
  atMs: number,
): Flapping | undefined {
  const was = before?.flapping
  const known = was?.changes ?? []
  const changes = known.filter((time) => time > atMs - windowMs)
  const fired = before !== undefined && withoutMask(before).phase === 'firing'
  if (fired !== (stepped.phase === 'firing')) changes.push(atMs)
  if (changes.length === 0 && was?.since === undefined) return undefined
  const recent = changes.slice(-most)
  // What is pending again has yet to say whether it is calm.
  const goesOn = was?.since !== undefined && (recent.length > most / 2 || stepped.phase === 'pending')
  // Whoever is told that it fires is told that it flaps.
  const begins = was?.since === undefined && recent.length >= most && stepped.phase === 'firing'
  const since = goesOn ? was.since : begins ? atMs : undefined
  const same =
    was !== undefined &&
    since === was.since &&
    recent.length === known.length &&
    recent.at(-1) === known.at(-1)
  return same ? was : { changes: recent, since }
}

/** Shown as firing since it last began to, with a word of why. */
function mask(before: Alert, stepped: Alert, flapping: Flapping, flap: FlapPolicy): Alert {
  const annotations = {
    ...stepped.annotations,
    tocsin_flapping: `${flap.changes} changes within ${formatDuration(flap.windowMs)}: held as firing`,
  }
  if (stepped.phase === 'firing') {
    const { heldBack: _, ...free } = flapping
    return { ...stepped, annotations, flapping: flapping.heldBack ? free : flapping }
  }
  const { phase, activeAt, firedAt, endedAt } = stepped
  const known = flapping.heldBack
  const same = known?.phase === phase && known.activeAt === activeAt && known.endedAt === endedAt
  return {
    ...stepped,
    annotations,
    phase: 'firing',
    activeAt: Math.min(before.activeAt, activeAt),
    firedAt: before.firedAt ?? firedAt,
    endedAt: undefined,
    flapping: same ? flapping : { ...flapping, heldBack: { phase, activeAt, firedAt, endedAt } },
  }
}

/** What was held ends now, whatever it has been meanwhile. */
function ended(alert: Alert, atMs: number): Alert {
  return { ...alert, annotations: calm(alert), phase: 'resolved', endedAt: atMs }
}

function calm({ annotations }: Alert): Alert['annotations'] {
  const { tocsin_flapping: _, ...rest } = annotations
  return rest
}
