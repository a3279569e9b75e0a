import type { AlertingRule } from '@tocsin/rules'
import type { Head } from '@tocsin/tsdb'
import { type Change, isActive } from '../alerts/alert.ts'
import { type AlertPolicy, endAlerts, stepAlerts } from '../alerts/step-alerts.ts'
import type { PlacedRule } from '../rules/rule-set.ts'
import { EvaluationError } from './evaluation-error.ts'
import { gatherEvidence } from './gather-evidence.ts'
import { type ObserveDeps, observeAlerts } from './observe-alerts.ts'
import type { RuleStatus } from './rule-status.ts'
import { alertSamples, recordedSamples, writeChangedAlerts, writeSamples } from './write-series.ts'

/** Why a rule is evaluated: a sample it reads came, its group's interval passed, an alert of its own is due. */
export type Trigger = 'sample' | 'interval' | 'deadline' | 'changed'

/** When an evaluation takes place, in the clock's terms and in the stream's. */
export interface Moment {
  readonly atMs: number
  readonly sequence: number
  readonly trigger: Trigger
  readonly frozenFrom?: number
  /** In a replay: the rules that it concerns; others have seen more already. */
  readonly only?: (rule: PlacedRule) => boolean
}

export interface EvaluateDeps extends ObserveDeps {
  /** Where rules write. */
  readonly head: Head
}

export interface Evaluated {
  readonly changes: readonly Change[]
  /** Alerts whose state may be deleted. */
  readonly forgotten: readonly string[]
  readonly error: unknown
}

const NOTHING: Evaluated = { changes: [], forgotten: [], error: undefined }

type RuleMoment = Pick<Moment, 'atMs' | 'sequence'>

/** Evaluates one rule and updates its status. A failure changes no alert; it is in the status and the answer. */
export function evaluateRule(
  placed: PlacedRule,
  status: RuleStatus,
  deps: EvaluateDeps,
  moment: Moment,
): Evaluated {
  status.lastEvaluationMs = moment.atMs
  try {
    const evaluated =
      placed.rule.kind === 'recording'
        ? record(placed, status, deps, moment)
        : alert(placed, placed.rule, status, deps, moment)
    status.health = evaluated.error === undefined ? 'ok' : 'err'
    status.lastError = evaluated.error === undefined ? undefined : reasonOf(evaluated.error)
    return evaluated
  } catch (error) {
    status.health = 'err'
    status.lastError = reasonOf(error)
    return { ...NOTHING, error }
  }
}

function record(
  { rule, group }: PlacedRule,
  status: RuleStatus,
  deps: EvaluateDeps,
  moment: Moment,
): Evaluated {
  if (rule.kind !== 'recording') return NOTHING
  const { head, queryable } = deps
  const queryMs = moment.atMs - group.queryOffsetMs
  const output = recordedSamples(rule, rule.query.evaluate(queryable, queryMs))
  if (group.limit > 0 && output.size > group.limit)
    throw new EvaluationError('limit', `exceeded limit of ${group.limit} with ${output.size} series`)
  status.written = writeSamples(head, output, status.written, queryMs)
  return NOTHING
}

function alert(
  { group }: PlacedRule,
  rule: AlertingRule,
  status: RuleStatus,
  deps: EvaluateDeps,
  moment: Moment,
): Evaluated {
  const { head } = deps
  const { atMs, sequence, trigger, frozenFrom } = moment
  const queryMs = atMs - group.queryOffsetMs
  const observed = observeAlerts(rule, deps, queryMs, atMs)
  // Nearly always: nothing is amiss, and nothing was.
  if (observed.length === 0 && status.alerts.size === 0 && rule.additions?.noData?.policy !== 'alert')
    return NOTHING
  const step = stepAlerts({
    ...policyOf(rule),
    evidence: gatherEvidence(rule, deps, { queryMs, atMs, alerts: status.alerts, observed }),
    alerts: status.alerts,
    observed,
    atMs,
    sequence,
    ...(frozenFrom === undefined ? {} : { frozenFrom }),
  })
  const active = step.alerts.values().filter(isActive).toArray().length
  if (group.limit > 0 && active > group.limit) {
    const error = new EvaluationError('limit', `exceeded limit of ${group.limit} with ${active} alerts`)
    return { ...end(status, head, moment), error }
  }
  status.alerts = step.alerts
  status.deadlineMs = step.deadlineMs
  const { changes, forgotten } = step
  // Between two intervals only what changed is written: the other series stay within the lookback all the same.
  const error = writeAlerts(status, head, queryMs, changes, trigger !== 'sample')
  return { changes, forgotten, error }
}

/** How a rule treats its alerts, as the state machine takes it. */
export function policyOf({ forMs, keepFiringForMs, additions }: AlertingRule): AlertPolicy {
  const { noData, resolve, flap } = additions ?? {}
  return { forMs, keepFiringForMs, noData, resolves: resolve !== undefined, flap }
}

/** Goes on writing the series of a rule's alerts without evaluating it. */
export function keepAlive(status: RuleStatus, head: Head, { atMs }: Pick<Moment, 'atMs'>): void {
  if (status.written.size > 0 && status.alerts.size > 0) writeAlerts(status, head, atMs, [], true)
}

/** Ends all alerts of a rule that is gone or over its limit, and their series. */
export function end(status: RuleStatus, head: Head, { atMs, sequence }: RuleMoment): Evaluated {
  const changes = endAlerts(status.alerts.values(), atMs, sequence)
  const alerts = new Map(status.alerts)
  for (const change of changes) alerts.set(change.alert.fingerprint, change.alert)
  status.alerts = alerts
  status.deadlineMs = undefined
  return { forgotten: [], changes, error: writeAlerts(status, head, atMs, changes, true) }
}

/** A head that takes no more series must not keep an alert from being told: the fault is answered, not thrown. */
function writeAlerts(
  status: RuleStatus,
  head: Head,
  atMs: number,
  changes: readonly Change[],
  all: boolean,
): unknown {
  try {
    const changed = changes.map(({ alert }) => alert)
    if (changed.length > 0) status.written = writeChangedAlerts(head, changed, status.written, atMs)
    if (all) status.written = writeSamples(head, alertSamples(status.alerts.values()), status.written, atMs)
    return undefined
  } catch (error) {
    return error
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
