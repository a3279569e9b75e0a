import { evaluatorMetrics as definitions, headMetrics } from '@tocsin/contract'
import type { Metrics } from '@tocsin/runtime'

/** What the evaluator says of itself. */
export function createEvaluatorMetrics(metrics: Metrics) {
  return {
    evaluations: metrics.counter(definitions.ruleEvaluationsTotal),
    failures: metrics.counter(definitions.ruleEvaluationFailuresTotal),
    duration: metrics.quickHistogram(definitions.ruleEvaluationDurationSeconds).with({}),
    lag: metrics.quickHistogram(definitions.eventLagSeconds).with({}),
    published: metrics.counter(definitions.alertTransitionsTotal),
    active: metrics.gauge(definitions.alerts),
    held: metrics.gauge(definitions.alertsHeld),
    rules: metrics.gauge(definitions.rules),
    parts: metrics.gauge(definitions.ruleParts),
    outputsDropped: metrics.counter(definitions.ruleSamplesDroppedTotal),
    gaps: metrics.counter(definitions.evaluationGapsTotal),
    refusedFiles: metrics.gauge(definitions.ruleFilesRefused),
    series: metrics.gauge(headMetrics.headSeries),
  }
}
export type EvaluatorMetrics = ReturnType<typeof createEvaluatorMetrics>
