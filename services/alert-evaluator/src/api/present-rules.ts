import {
  type Alert,
  type Engine,
  isActive,
  type PlacedGroup,
  type PlacedRule,
  type RuleStatus,
} from '@tocsin/alerting'
import type { Additions, AlertingRule } from '@tocsin/rules'
import { formatFloat } from '@tocsin/templates'
import { isoTime } from '../alerts/to-event.ts'

const NEVER = '0001-01-01T00:00:00Z'

/** An alert as Prometheus' API shows it, and what holds it where its rule asks for more. */
function presentAlert(alert: Alert, additions?: Additions) {
  const { keepFiringSince, unresolvedSince, noDataSince, flapping } = alert
  const most = additions?.flap?.changes
  return {
    labels: alert.labels,
    annotations: alert.annotations,
    state: alert.phase,
    activeAt: isoTime(alert.activeAt),
    ...(keepFiringSince === undefined ? {} : { keepFiringSince: isoTime(keepFiringSince) }),
    value: formatFloat(alert.value, 'e'),
    ...(unresolvedSince === undefined ? {} : { unresolvedSince: isoTime(unresolvedSince) }),
    ...(noDataSince === undefined ? {} : { noDataSince: isoTime(noDataSince) }),
    ...(most === undefined ? {} : { flapScore: (flapping?.changes.length ?? 0) / most }),
    ...(flapping?.since === undefined ? {} : { flappingSince: isoTime(flapping.since) }),
  }
}

/** A group with its rules, as Prometheus' API shows it. */
export function presentGroup(group: PlacedGroup, engine: Pick<Engine, 'status'>) {
  const statuses = group.rules.map(({ id }) => engine.status(id))
  const latest = Math.max(...statuses.map(({ lastEvaluationMs = 0 }) => lastEvaluationMs), 0)
  return {
    name: group.name,
    file: group.file,
    rules: group.rules.map((rule) => presentRule(rule, engine.status(rule.id))),
    interval: group.everyMs / 1000,
    limit: group.limit,
    evaluationTime: statuses.reduce((sum, { evaluationSeconds }) => sum + evaluationSeconds, 0),
    lastEvaluation: latest > 0 ? isoTime(latest) : NEVER,
  }
}
export type PresentedGroup = ReturnType<typeof presentGroup>
export type PresentedRule = PresentedGroup['rules'][number]

function presentRule({ rule }: PlacedRule, status: RuleStatus) {
  const { health, lastError, evaluationSeconds, lastEvaluationMs } = status
  const common = {
    name: rule.name,
    query: rule.query.text,
    health,
    ...(lastError === undefined ? {} : { lastError }),
    evaluationTime: evaluationSeconds,
    lastEvaluation: lastEvaluationMs === undefined ? NEVER : isoTime(lastEvaluationMs),
  }
  if (rule.kind === 'recording') return { ...common, labels: rule.labels, type: 'recording' as const }
  const active = [...status.alerts.values()].filter(isActive)
  return {
    state: stateOf(active),
    ...common,
    duration: rule.forMs / 1000,
    keepFiringFor: rule.keepFiringForMs / 1000,
    labels: Object.fromEntries(rule.labels.map(({ name, text }) => [name, text])),
    annotations: Object.fromEntries(rule.annotations.map(({ name, text }) => [name, text])),
    ...presentAdditions(rule),
    alerts: active.map((alert) => presentAlert(alert, rule.additions)),
    type: 'alerting' as const,
  }
}

/** What a rule asks for beyond Prometheus; times in seconds. */
function presentAdditions({ additions: { noData, resolve, flap } = {} }: AlertingRule) {
  return {
    ...(noData ? { noData: { policy: noData.policy, for: noData.forMs / 1000 } } : {}),
    ...(resolve ? { resolve: resolve.text } : {}),
    ...(flap ? { flap: { changes: flap.changes, within: flap.windowMs / 1000 } } : {}),
  }
}

function stateOf(active: readonly Alert[]): 'firing' | 'pending' | 'inactive' {
  if (active.some(({ phase }) => phase === 'firing')) return 'firing'
  return active.length > 0 ? 'pending' : 'inactive'
}
