import type { FlapPolicy, NoDataPolicy } from '@tocsin/rules'
import { type Alert, type Change, isActive, type Observation } from './alert.ts'
import { endAlert } from './end-alert.ts'
import { calmAt, holdFlapping, withoutMask } from './hold-flapping.ts'
import { type Evidence, unobserved } from './unobserved.ts'

/** How long an ended alert is kept and shown, as Prometheus does. */
export const ENDED_RETENTION_MS = 15 * 60_000

/** How a rule treats its alerts. */
export interface AlertPolicy {
  readonly forMs: number
  readonly keepFiringForMs: number
  readonly noData?: NoDataPolicy | undefined
  /** Whether an alert needs a condition of its own to resolve. */
  readonly resolves?: boolean | undefined
  readonly flap?: FlapPolicy | undefined
}

export interface StepInput extends AlertPolicy {
  readonly alerts: ReadonlyMap<string, Alert>
  readonly observed: readonly Observation[]
  /** What is known beyond the result, where the rule's policy needs it. */
  readonly evidence?: Evidence | undefined
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
  /** When an alert would change by itself. */
  readonly deadlineMs: number | undefined
}

/** One evaluation of an alerting rule: what becomes of each of its alerts. Pure; time comes in. */
export function stepAlerts(input: StepInput): Step {
  const { alerts, observed, evidence, atMs, sequence, frozenFrom = Number.POSITIVE_INFINITY } = input
  const next = new Map<string, Alert>()
  const changes: Change[] = []
  const forgotten: string[] = []
  const settle = (before: Alert | undefined, stepped: Alert) => {
    const { alert, notice } = holdFlapping(before, stepped, input)
    const transition = notice ? 'firing' : transitionOf(before, alert)
    const changed = transition !== undefined || isDurableChange(before, alert)
    const after = changed ? { ...alert, sequence } : alert
    next.set(after.fingerprint, after)
    if (changed) changes.push({ alert: after, transition, ...(notice ? { notice } : {}) })
  }
  for (const observation of observed) {
    const before = alerts.get(observation.fingerprint)
    if (before && before.sequence >= frozenFrom) next.set(before.fingerprint, before)
    else settle(before, present(before && withoutMask(before), observation, input))
  }
  for (const before of alerts.values()) {
    if (next.has(before.fingerprint)) continue
    const { fingerprint } = before
    if (before.sequence >= frozenFrom) next.set(fingerprint, before)
    else if (isActive(before) || before.watched === true)
      settle(before, unobserved(withoutMask(before), input, present))
    else if (atMs - retainedFrom(before, input) > ENDED_RETENTION_MS) forgotten.push(fingerprint)
    else next.set(fingerprint, before)
  }
  for (const observation of evidence?.watched ?? [])
    if (!next.has(observation.fingerprint)) settle(undefined, watch(observation, input))
  return { alerts: next, changes, forgotten, deadlineMs: earliestDeadline(next.values(), input) }
}

/** Ends every alert at once: its rule is gone, or over its limit. */
export function endAlerts(alerts: Iterable<Alert>, atMs: number, sequence: number): readonly Change[] {
  return [...alerts].flatMap((before) => {
    if (!isActive(before))
      return before.watched ? [{ alert: unwatch(before, atMs, sequence), transition: undefined }] : []
    const alert = endAlert({ ...before, flapping: undefined, watched: undefined }, atMs)
    return [{ alert: { ...alert, sequence }, transition: transitionOf(before, alert) }]
  })
}

/** An alert whose condition holds. */
function present(before: Alert | undefined, observation: Observation, input: StepInput): Alert {
  const { atMs, sequence, noData } = input
  const watched = noData?.policy === 'alert' ? true : undefined
  if (!before || !isActive(before)) {
    const { flapping } = before ?? {}
    const raised: Alert = { ...observation, phase: 'pending', activeAt: atMs, watched, flapping, sequence }
    return fireWhenDue(raised, input)
  }
  // A clock that was set back must not hold a pending alert for as long as it was set back.
  const activeAt = Math.min(before.activeAt, atMs)
  const again = { keepFiringSince: undefined, unresolvedSince: undefined, noDataSince: undefined }
  return fireWhenDue({ ...before, ...observation, ...again, activeAt, watched }, input)
}

function fireWhenDue(alert: Alert, { atMs, forMs }: StepInput): Alert {
  if (alert.phase !== 'pending' || atMs - alert.activeAt < forMs) return alert
  return { ...alert, phase: 'firing', firedAt: atMs }
}

/** A label set that has data, so that their going away can be told. */
function watch(observation: Observation, { atMs, sequence }: StepInput): Alert {
  return { ...observation, phase: 'inactive', activeAt: atMs, endedAt: atMs, watched: true, sequence }
}

function unwatch(before: Alert, atMs: number, sequence: number): Alert {
  return { ...before, watched: undefined, noDataSince: undefined, endedAt: atMs, sequence }
}

function transitionOf(before: Alert | undefined, after: Alert): Change['transition'] {
  const was = before && isActive(before) ? before.phase : undefined
  if (after.phase === was || after.phase === 'inactive') return undefined
  return after.phase === 'resolved' && was === undefined ? undefined : after.phase
}

const DURABLE = [
  'phase',
  'activeAt',
  'keepFiringSince',
  'unresolvedSince',
  'noDataSince',
  'watched',
  'flapping',
] as const

function isDurableChange(before: Alert | undefined, after: Alert): boolean {
  return DURABLE.some((field) => before?.[field] !== after[field])
}

/** From when an ended alert's retention counts: its changes are needed as long as they make it flap. */
function retainedFrom({ endedAt, flapping }: Alert, { atMs, flap }: StepInput): number {
  const neededUntil = (flapping?.changes.at(-1) ?? 0) + (flap?.windowMs ?? 0)
  return Math.max(endedAt ?? atMs, flap ? neededUntil - ENDED_RETENTION_MS : 0)
}

function earliestDeadline(alerts: Iterable<Alert>, policy: AlertPolicy): number | undefined {
  let earliest = Number.POSITIVE_INFINITY
  for (const alert of alerts) earliest = Math.min(earliest, deadlineOf(alert, policy))
  return Number.isFinite(earliest) ? earliest : undefined
}

/** When an alert changes by itself; infinite when it does not. Milliseconds since the epoch. */
export function deadlineOf(alert: Alert, policy: AlertPolicy): number {
  const { phase, activeAt, keepFiringSince, noDataSince } = withoutMask(alert)
  const { forMs, keepFiringForMs, noData } = policy
  const kept = noDataSince !== undefined && noData?.policy === 'keep'
  return Math.min(
    phase === 'pending' && !kept ? activeAt + forMs : Number.POSITIVE_INFINITY,
    phase === 'firing' && keepFiringSince !== undefined
      ? keepFiringSince + keepFiringForMs
      : Number.POSITIVE_INFINITY,
    noDataSince !== undefined && noData ? noDataSince + noData.forMs : Number.POSITIVE_INFINITY,
    calmAt(alert, policy),
  )
}
