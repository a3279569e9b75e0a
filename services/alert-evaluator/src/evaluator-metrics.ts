import type { Metrics } from '@tocsin/runtime'

/** What the evaluator says of itself. */
export function createEvaluatorMetrics(metrics: Metrics) {
  return {
    evaluations: metrics.counter('tocsin_rule_evaluations_total', 'Rules evaluated, by what caused it.', [
      'trigger',
    ]),
    failures: metrics.counter(
      'tocsin_rule_evaluation_failures_total',
      'Evaluations that failed, by reason.',
      ['reason'],
    ),
    duration: metrics
      .quickHistogram(
        'tocsin_rule_evaluation_duration_seconds',
        'Time that the evaluation of one rule took.',
        [0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 2],
      )
      .with({}),
    lag: metrics
      .quickHistogram(
        'tocsin_event_lag_seconds',
        'Time from when NATS stored a metric event to when the rules that read it had been evaluated.',
        [
          0.0001, 0.00025, 0.0005, 0.00075, 0.001, 0.0015, 0.002, 0.003, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25,
          0.5, 1, 2.5, 5, 10, 30,
        ],
      )
      .with({}),
    published: metrics.counter(
      'tocsin_alert_transitions_total',
      'Alert transitions published, by new state.',
      ['state'],
    ),
    active: metrics.gauge('tocsin_alerts', 'Alerts of all rules, by state.', ['state']),
    rules: metrics.gauge('tocsin_rules', 'Rules that are evaluated.'),
    refusedFiles: metrics.gauge('tocsin_rule_files_refused', 'Rule files whose present content is refused.'),
    series: metrics.gauge('tocsin_head_series', 'Series in the head.'),
  }
}
export type EvaluatorMetrics = ReturnType<typeof createEvaluatorMetrics>
