import {
  type Alert,
  type Engine,
  isActive,
  type PlacedGroup,
  type PlacedRule,
  type RuleStatus,
} from '@tocsin/alerting'
import { formatFloat } from '@tocsin/rules'
import { isoTime } from '../alerts/to-event.ts'

const NEVER = '0001-01-01T00:00:00Z'

/** An alert as Prometheus' API shows it. */
export function presentAlert(alert: Alert) {
  return {
    labels: alert.labels,
    annotations: alert.annotations,
    state: alert.phase,
    activeAt: isoTime(alert.activeAt),
    ...(alert.keepFiringSince === undefined ? {} : { keepFiringSince: isoTime(alert.keepFiringSince) }),
    value: formatFloat(alert.value, 'e'),
  }
}

/** A group with the rules that are `wanted`, as Prometheus' API shows it. */
export function presentGroup(
  group: PlacedGroup,
  engine: Engine,
  wanted: (rule: PlacedRule) => boolean,
  alerts: boolean,
) {
  const statuses = group.rules.map(({ id }) => engine.status(id))
  const latest = Math.max(...statuses.map(({ lastEvaluationMs = 0 }) => lastEvaluationMs), 0)
  return {
    name: group.name,
    file: group.file,
    rules: group.rules.filter(wanted).map((rule) => presentRule(rule, engine.status(rule.id), alerts)),
    interval: group.everyMs / 1000,
    limit: group.limit,
    evaluationTime: statuses.reduce((sum, { evaluationSeconds }) => sum + evaluationSeconds, 0),
    lastEvaluation: latest > 0 ? isoTime(latest) : NEVER,
  }
}

function presentRule({ rule }: PlacedRule, status: RuleStatus, withAlerts: boolean) {
  const { health, lastError, evaluationSeconds, lastEvaluationMs } = status
  const common = {
    name: rule.name,
    query: rule.query.text,
    health,
    ...(lastError === undefined ? {} : { lastError }),
    evaluationTime: evaluationSeconds,
    lastEvaluation: lastEvaluationMs === undefined ? NEVER : isoTime(lastEvaluationMs),
  }
  if (rule.kind === 'recording') return { ...common, labels: rule.labels, type: 'recording' }
  const active = [...status.alerts.values()].filter(isActive)
  return {
    state: stateOf(active),
    ...common,
    duration: rule.forMs / 1000,
    keepFiringFor: rule.keepFiringForMs / 1000,
    labels: Object.fromEntries(rule.labels.map(({ name, text }) => [name, text])),
    annotations: Object.fromEntries(rule.annotations.map(({ name, text }) => [name, text])),
    alerts: withAlerts ? active.map(presentAlert) : [],
    type: 'alerting',
  }
}

function stateOf(active: readonly Alert[]): 'firing' | 'pending' | 'inactive' {
  if (active.some(({ phase }) => phase === 'firing')) return 'firing'
  return active.length > 0 ? 'pending' : 'inactive'
}
