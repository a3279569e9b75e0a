import type { Head, Series } from '@tocsin/tsdb'
import type { Alert, Change } from '../alerts/alert.ts'
import { deadlineOf, ENDED_RETENTION_MS } from '../alerts/step-alerts.ts'
import type { PlacedGroup, PlacedRule, RuleRef, RuleSet } from '../rules/rule-set.ts'
import { type Evaluated, end, evaluateRule, keepAlive, type Moment, policyOf } from './evaluate-rule.ts'
import { createRuleMarks } from './rule-marks.ts'
import { createRuleStatus, type RuleStatus } from './rule-status.ts'
import { recallRecorded } from './write-series.ts'

/** How the engine tells of what its rules did. */
export interface EngineListener {
  /** A rule was evaluated. Called before the next one is. */
  evaluated(rule: PlacedRule, moment: Moment, result: Evaluated, seconds: number): void
  /** Alerts changed; to be made durable in this order. */
  changed(rule: RuleRef, changes: readonly Change[], moment: Moment): void
  /** Ended alerts whose retention is over. */
  forgotten(rule: RuleRef, fingerprints: readonly string[]): void
}

/** Evaluates rules over a head. No timers, no I/O; time comes in with every call. */
export interface Engine {
  /** Replaces all rules. Alerts of rules that stay go on; those of rules that are gone end. */
  replaceRules(rules: RuleSet, moment: Moment): void
  rules(): RuleSet
  status(ruleId: string): RuleStatus
  /** Gives a rule alerts from before a restart, before anything is evaluated. False: no such rule. */
  restore(ruleId: string, alerts: ReadonlyMap<string, Alert>): boolean
  /** Whether samples came that rules read, and these have not been evaluated since. */
  hasMarked(): boolean
  /** The time of the newest of these samples since this was asked last; -Infinity without any. Milliseconds. */
  takeNewestMs(): number
  /**
   * Evaluates the rules whose samples came, and those that read what they write. Rules that take long are not evaluated
   * again at once: the answer is after how many milliseconds those that are left want to be.
   */
  evaluateMarked(moment: Moment): number | undefined
  /** Samples that came do not count: they have been evaluated before. */
  dropMarks(): void
  /** The rules that read these series, and those that read what they write. */
  evaluateReaders(series: Iterable<Series>, moment: Moment): void
  /** The rules of a group, except those that samples had evaluated a moment ago. */
  evaluateGroup(group: PlacedGroup, moment: Moment): void
  /** The rules with an alert that is due. */
  evaluateDue(moment: Moment): void
  /** When the next alert is due. Milliseconds since the epoch. */
  nextDeadline(): number | undefined
  /** Whether any rule reads a series, whoever evaluates it. */
  isRead(series: Series): boolean
  /** Leaves rules to another engine: their alerts are forgotten here, and go on there. */
  release(isReleased: (group: string) => boolean): void
  /** Ends the alerts of a rule that is no longer there. */
  endRule(rule: RuleRef, alerts: ReadonlyMap<string, Alert>, moment: Moment): void
  /** Tells of ended alerts whose rule is gone and whose retention is over. */
  forgetDeparted(atMs: number): void
}

// Rules that read each other's output would go on for ever; what is left over waits for the interval.
const MAX_ROUNDS = 4
// A rule that takes long is evaluated by samples at most this part of the time: it must not hold up the others.
const PART_OF_TIME = 1 / 10
const LONG_SECONDS = 0.001

export interface EngineOptions {
  readonly head: Head
  readonly externalURL: string
  readonly listener: EngineListener
  /** A monotonic clock, for durations. Milliseconds. */
  readonly monotonic: () => number
  /** Told of every sample that a rule writes; a staleness marker comes as `stale`. */
  readonly wrote?: (series: Series, timeMs: number, value: number | 'stale') => void
  /** The groups that are evaluated here, by id; all when left out. What it answers may change between calls. */
  readonly owns?: (group: string) => boolean
}

export function createEngine({
  head,
  externalURL,
  listener,
  monotonic,
  owns = () => true,
  wrote,
}: EngineOptions): Engine {
  let rules: RuleSet = { groups: [], rules: new Map() }
  const marks = createRuleMarks(head)
  let statuses = new Map<string, RuleStatus>()
  let earliest: number | undefined
  const deps = { head: wrote ? telling(head, wrote) : head, queryable: head, externalURL }
  /** Metrics that one rule alone records. */
  let soleRecorders = new Set<string>()

  const statusOf = (id: string): RuleStatus => {
    const status = statuses.get(id) ?? createRuleStatus()
    statuses.set(id, status)
    return status
  }

  const isOurs = ({ group }: PlacedRule) => owns(group.id)

  function run(rule: PlacedRule, moment: Moment): void {
    const status = statusOf(rule.id)
    const begun = monotonic()
    if (
      status.lastEvaluationMs === undefined &&
      rule.rule.kind === 'recording' &&
      soleRecorders.has(rule.rule.name)
    )
      status.written = recallRecorded(head, rule.rule)
    marks.remove(rule)
    const result = evaluateRule(rule, status, deps, moment)
    // What reads its own output sees it at the next event.
    marks.remove(rule)
    const ended = monotonic()
    status.evaluationSeconds = (ended - begun) / 1000
    status.restsUntil =
      status.evaluationSeconds < LONG_SECONDS ? 0 : ended + (ended - begun) * (1 / PART_OF_TIME - 1)
    if (status.deadlineMs !== undefined) earliest = Math.min(earliest ?? status.deadlineMs, status.deadlineMs)
    listener.evaluated(rule, moment, result, status.evaluationSeconds)
    if (result.changes.length > 0) listener.changed(rule.ref, result.changes, moment)
    if (result.forgotten.length > 0) listener.forgotten(rule.ref, result.forgotten)
  }

  /** Evaluates rules in the order of their groups, then the readers of what they wrote, a bounded number of times. */
  function runRounds(first: ReadonlySet<PlacedRule>, moment: Moment): void {
    const later = new Set<PlacedRule>()
    let due = first
    for (let round = 0; due.size > 0 && round < MAX_ROUNDS; round++) {
      for (const rule of inOrder(due)) {
        if (!isOurs(rule)) continue
        if (moment.only?.(rule) ?? true) run(rule, moment)
        else later.add(rule)
      }
      due = marks.take()
    }
    if (later.size > 0) marks.take(later)
  }

  /** Does what writes samples itself, and leaves the rules marked that were so before. */
  function apart(work: () => void): void {
    const waiting = marks.take()
    work()
    for (const rule of marks.take()) waiting.add(rule)
    marks.take(waiting)
  }

  /** Takes out of `due` what had its part of the time; the answer is when the first of it may go on. Milliseconds. */
  function holdBack(due: Set<PlacedRule>): {
    readonly held: readonly PlacedRule[]
    readonly untilMs: number
  } {
    const now = monotonic()
    const held = [...due].filter(({ id }) => statusOf(id).restsUntil > now)
    for (const rule of held) due.delete(rule)
    return { held, untilMs: Math.min(...held.map(({ id }) => statusOf(id).restsUntil)) }
  }

  const departed = new Map<RuleRef, ReadonlyMap<string, Alert>>()
  function endRule(rule: RuleRef, status: RuleStatus, moment: Moment): void {
    const { changes } = end(status, deps.head, moment)
    if (changes.length > 0) listener.changed(rule, changes, moment)
    if (status.alerts.size > 0) departed.set(rule, status.alerts)
  }

  const places = new Map<PlacedRule, number>()
  const inOrder = (some: ReadonlySet<PlacedRule>) =>
    some.size < 2 ? some : [...some].sort((a, b) => (places.get(a) ?? 0) - (places.get(b) ?? 0))

  return {
    rules: () => rules,
    status: statusOf,
    replaceRules(next, moment) {
      const before = rules
      rules = next
      marks.replaceRules(next)
      soleRecorders = soleRecordersOf(next)
      places.clear()
      for (const rule of next.groups.flatMap((g) => g.rules)) places.set(rule, places.size)
      const kept = new Map<string, RuleStatus>()
      for (const [id, rule] of before.rules) {
        const status = statuses.get(id)
        if (!status) continue
        if (next.rules.get(id)?.rule.kind === rule.rule.kind) kept.set(id, status)
        else endRule(rule.ref, status, moment)
      }
      statuses = kept
    },
    restore(ruleId, alerts) {
      const rule = rules.rules.get(ruleId)
      if (rule?.rule.kind !== 'alerting') return false
      const status = statusOf(ruleId)
      status.alerts = alerts
      const policy = policyOf(rule.rule)
      for (const alert of alerts.values()) {
        const deadline = deadlineOf(alert, policy)
        if (!Number.isFinite(deadline)) continue
        status.deadlineMs = Math.min(status.deadlineMs ?? deadline, deadline)
        earliest = Math.min(earliest ?? deadline, deadline)
      }
      return true
    },
    hasMarked: () => marks.size() > 0,
    takeNewestMs: marks.takeNewestMs,
    dropMarks: () => void marks.take(),
    evaluateMarked(moment) {
      const due = marks.take()
      const { held, untilMs } = holdBack(due)
      runRounds(due, moment)
      marks.take(new Set(held))
      return held.length === 0 ? undefined : Math.max(0, untilMs - monotonic())
    },
    evaluateReaders(series, moment) {
      const due = new Set<PlacedRule>()
      for (const one of series) for (const reader of marks.readersOf(one)) due.add(reader)
      apart(() => runRounds(due, moment))
    },
    evaluateGroup(group, moment) {
      apart(() => {
        for (const rule of group.rules) {
          const status = statusOf(rule.id)
          if (moment.trigger === 'interval' && isFresh(status, group, moment))
            keepAlive(status, deps.head, moment)
          else run(rule, moment)
        }
        const others = marks.take()
        for (const rule of group.rules) others.delete(rule)
        runRounds(others, { ...moment, trigger: 'sample' })
      })
    },
    evaluateDue(moment) {
      const due = new Set<PlacedRule>()
      for (const [id, { deadlineMs }] of statuses) {
        const rule = rules.rules.get(id)
        if (rule && deadlineMs !== undefined && deadlineMs <= moment.atMs) due.add(rule)
      }
      earliest = undefined
      apart(() => runRounds(due, moment))
      for (const { deadlineMs } of statuses.values())
        if (deadlineMs !== undefined) earliest = Math.min(earliest ?? deadlineMs, deadlineMs)
    },
    nextDeadline: () => earliest,
    isRead: (series) => marks.readersOf(series).length > 0,
    release(isReleased) {
      const groupOf = (ruleId: string) => ruleId.slice(0, ruleId.indexOf('.'))
      for (const id of statuses.keys()) if (isReleased(groupOf(id))) statuses.delete(id)
      for (const rule of departed.keys()) if (isReleased(groupOf(rule.id))) departed.delete(rule)
      earliest = undefined
      for (const { deadlineMs } of statuses.values())
        if (deadlineMs !== undefined) earliest = Math.min(earliest ?? deadlineMs, deadlineMs)
    },
    forgetDeparted(atMs) {
      for (const [rule, alerts] of departed) {
        const ended = alerts.values().toArray()
        if (ended.some(({ endedAt }) => atMs - (endedAt ?? atMs) <= ENDED_RETENTION_MS)) continue
        departed.delete(rule)
        // The rule may have come back since, and with it this alert.
        const gone = ended.filter(({ fingerprint }) => !statuses.get(rule.id)?.alerts.has(fingerprint))
        listener.forgotten(
          rule,
          gone.map(({ fingerprint }) => fingerprint),
        )
      }
    },
    endRule: (rule, alerts, moment) => endRule(rule, { ...createRuleStatus(), alerts }, moment),
  }
}

/** A head that tells of what is written to it. */
function telling(head: Head, wrote: NonNullable<EngineOptions['wrote']>): Head {
  return {
    ...head,
    append(series, timeMs, value) {
      wrote(series, timeMs, value)
      return head.append(series, timeMs, value)
    },
    appendStale(series, timeMs) {
      wrote(series, timeMs, 'stale')
      return head.appendStale(series, timeMs)
    },
  }
}

function soleRecordersOf({ rules }: RuleSet): Set<string> {
  const sole = new Set<string>()
  const shared = new Set<string>()
  for (const { rule } of rules.values())
    if (rule.kind === 'recording') (sole.has(rule.name) ? shared : sole).add(rule.name)
  return new Set([...sole].filter((name) => !shared.has(name)))
}

/** Samples had it evaluated within the last half of the interval: what time alone changes can wait for the next one. */
function isFresh({ lastEvaluationMs }: RuleStatus, { everyMs }: PlacedGroup, { atMs }: Moment): boolean {
  return lastEvaluationMs !== undefined && atMs >= lastEvaluationMs && atMs - lastEvaluationMs < everyMs / 2
}
