import { type Alert, type Change, isActive, type Observation } from './alert.ts'

/** How long an ended alert is kept and shown, as Prometheus does. */
export const ENDED_RETENTION_MS = 15 * 60_000

export interface StepInput {
  readonly forMs: number
  readonly keepFiringForMs: number
  readonly alerts: ReadonlyMap<string, Alert>
  readonly observed: readonly Observation[]
  /** The evaluation's time. */
  readonly atMs: number
  /** The last sequence of the stream that the evaluation has seen. */
  readonly sequence: number
  /** In a replay: an alert changed at this sequence or later is ahead of the evaluation, and stays as it is. */
  readonly frozenFrom?: number
}

export interface Step {
  readonly alerts: ReadonlyMap<string, Alert>
  readonly changes: readonly Change[]
  /** Alerts that are forgotten: their retention is over. */
  readonly forgotten: readonly string[]
  /** When a pending alert would fire or a kept one resolve by itself. */
  readonly deadlineMs: number | undefined
}

/** One evaluation of an alerting rule: what becomes of each of its alerts. Pure; time comes in. */
export function stepAlerts(input: StepInput): Step {
  const { alerts, observed, atMs, frozenFrom = Number.POSITIVE_INFINITY } = input
  const next = new Map<string, Alert>()
  const changes: Change[] = []
  const forgotten: string[] = []
  const settle = (before: Alert | undefined, after: Alert) => {
    next.set(after.fingerprint, after)
    const transition = transitionOf(before, after)
    if (transition || isDurableChange(before, after)) changes.push({ alert: after, transition })
  }
  for (const observation of observed) {
    const before = alerts.get(observation.fingerprint)
    if (before && before.sequence >= frozenFrom) next.set(before.fingerprint, before)
    else settle(before, present(before, observation, input))
  }
  for (const before of alerts.values()) {
    if (next.has(before.fingerprint)) continue
    if (before.sequence >= frozenFrom) next.set(before.fingerprint, before)
    else if (isActive(before)) settle(before, absent(before, input))
    else if (atMs - (before.endedAt ?? atMs) > ENDED_RETENTION_MS) forgotten.push(before.fingerprint)
    else next.set(before.fingerprint, before)
  }
  return { alerts: next, changes, forgotten, deadlineMs: earliestDeadline(next.values(), input) }
}

/** Ends every alert at once: its rule is gone, or over its limit. */
export function endAlerts(alerts: Iterable<Alert>, atMs: number, sequence: number): readonly Change[] {
  return [...alerts].filter(isActive).map((before) => {
    const alert = end(before, atMs, sequence)
    return { alert, transition: transitionOf(before, alert) }
  })
}

/** An alert whose condition holds. */
function present(before: Alert | undefined, observation: Observation, input: StepInput): Alert {
  const { atMs, sequence } = input
  if (!before || !isActive(before))
    return fireWhenDue({ ...observation, phase: 'pending', activeAt: atMs, sequence }, input)
  // A clock that was set back must not hold a pending alert for as long as it was set back.
  const activeAt = Math.min(before.activeAt, atMs)
  const resumed = before.keepFiringSince !== undefined
  const alert = { ...before, ...observation, activeAt, keepFiringSince: undefined }
  return fireWhenDue(resumed || activeAt !== before.activeAt ? { ...alert, sequence } : alert, input)
}

function fireWhenDue(alert: Alert, { atMs, forMs, sequence }: StepInput): Alert {
  if (alert.phase !== 'pending' || atMs - alert.activeAt < forMs) return alert
  return { ...alert, phase: 'firing', firedAt: atMs, sequence }
}

/** An active alert whose condition no longer holds. */
function absent(before: Alert, { atMs, keepFiringForMs, sequence }: StepInput): Alert {
  if (before.phase === 'firing' && keepFiringForMs > 0) {
    const keepFiringSince = Math.min(before.keepFiringSince ?? atMs, atMs)
    if (atMs - keepFiringSince < keepFiringForMs)
      return keepFiringSince === before.keepFiringSince ? before : { ...before, keepFiringSince, sequence }
  }
  return end(before, atMs, sequence)
}

function end(before: Alert, atMs: number, sequence: number): Alert {
  const phase = before.phase === 'firing' ? 'resolved' : 'inactive'
  return { ...before, phase, endedAt: Math.max(atMs, before.activeAt), keepFiringSince: undefined, sequence }
}

function transitionOf(before: Alert | undefined, after: Alert): Change['transition'] {
  const was = before && isActive(before) ? before.phase : undefined
  if (after.phase === was || after.phase === 'inactive') return undefined
  return after.phase
}

function isDurableChange(before: Alert | undefined, after: Alert): boolean {
  return (
    before?.phase !== after.phase ||
    before.activeAt !== after.activeAt ||
    before.keepFiringSince !== after.keepFiringSince
  )
}

function earliestDeadline(
  alerts: Iterable<Alert>,
  { forMs, keepFiringForMs }: StepInput,
): number | undefined {
  let earliest = Number.POSITIVE_INFINITY
  for (const { phase, activeAt, keepFiringSince } of alerts) {
    if (phase === 'pending') earliest = Math.min(earliest, activeAt + forMs)
    if (phase === 'firing' && keepFiringSince !== undefined)
      earliest = Math.min(earliest, keepFiringSince + keepFiringForMs)
  }
  return Number.isFinite(earliest) ? earliest : undefined
}
