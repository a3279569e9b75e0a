import { type Alert, isActive, type Observation } from './alert.ts'
import { endAlert } from './end-alert.ts'
import type { StepInput } from './step-alerts.ts'

/** What an evaluation knows beyond its result: which label sets have data, and which alerts may resolve. */
export interface Evidence {
  /** The newest value of the data that an alert comes from; undefined when there are none. */
  valueOf(alert: Alert): number | undefined
  /** Whether the condition of resolving is met for an alert. */
  mayResolve(alert: Alert): boolean
  /** The annotations of an alert that is raised for want of data. */
  annotate(alert: Alert): Observation['annotations']
  /** Label sets that have data and no alert yet, to be raised when these go away. */
  readonly watched: readonly Observation[]
}

type Raise = (before: Alert, observation: Observation, input: StepInput) => Alert

/** An alert that is active or watched, and not in the result: its condition does not hold, or its data are gone. */
export function unobserved(before: Alert, input: StepInput, raise: Raise): Alert {
  const { evidence, noData, resolves } = input
  if (!evidence) return isActive(before) ? absent(before, input) : before
  const value = evidence.valueOf(before)
  if (value === undefined) return lacksData(before, input, evidence, raise)
  const watched = noData?.policy === 'alert' ? true : undefined
  const seen = { ...before, watched, noDataSince: undefined }
  if (!isActive(seen)) return { ...seen, value }
  // What was raised for want of data alone has no condition that could be met still.
  const wantedData = before.noDataSince !== undefined && before.activeAt >= before.noDataSince
  if (resolves && !wantedData && seen.phase === 'firing' && !evidence.mayResolve(seen))
    return held(seen, input)
  return absent(seen, input)
}

/** An alert whose data went away: what the rule's policy says. */
function lacksData(before: Alert, input: StepInput, evidence: Evidence, raise: Raise): Alert {
  const { atMs, noData } = input
  const noDataSince = Math.min(before.noDataSince ?? atMs, atMs)
  if (!noData || noData.policy === 'ok') return isActive(before) ? absent(before, input) : before
  if (atMs - noDataSince >= noData.forMs) {
    const left = { ...before, watched: undefined, noDataSince: undefined }
    return isActive(left) ? endAlert(left, atMs) : { ...left, endedAt: atMs }
  }
  // What was seen to be over goes on ending.
  if (before.keepFiringSince !== undefined) return absent(before, input)
  if (noData.policy === 'keep') return { ...before, noDataSince }
  const { fingerprint, labels, value, origin } = before
  const since = new Date(noDataSince).toISOString()
  const annotations = { ...evidence.annotate(before), tocsin_no_data: `no data since ${since}` }
  return { ...raise(before, { fingerprint, labels, annotations, value, origin }, input), noDataSince }
}

/** It fires on until its own condition of resolving is met. */
function held(before: Alert, { atMs }: StepInput): Alert {
  const unresolvedSince = Math.min(before.unresolvedSince ?? atMs, atMs)
  return { ...before, unresolvedSince, keepFiringSince: undefined }
}

/** An active alert whose condition no longer holds. */
function absent(before: Alert, { atMs, keepFiringForMs }: StepInput): Alert {
  if (before.phase === 'firing' && keepFiringForMs > 0) {
    const keepFiringSince = Math.min(before.keepFiringSince ?? atMs, atMs)
    if (atMs - keepFiringSince < keepFiringForMs)
      return { ...before, keepFiringSince, unresolvedSince: undefined }
  }
  return endAlert(before, atMs)
}
