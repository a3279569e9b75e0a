import type { MetricDefinitions } from './metric-definition.ts'

/** What the alert-evaluator says of rules and alerts. */
export const evaluatorMetrics = {
  ruleEvaluationsTotal: {
    name: 'tocsin_rule_evaluations_total',
    type: 'counter',
    labels: ['trigger'],
    help: 'Rules evaluated, by what caused it.',
  },
  ruleEvaluationFailuresTotal: {
    name: 'tocsin_rule_evaluation_failures_total',
    type: 'counter',
    labels: ['reason'],
    help: 'Evaluations that failed, by reason.',
  },
  ruleEvaluationDurationSeconds: {
    name: 'tocsin_rule_evaluation_duration_seconds',
    type: 'histogram',
    unit: 'seconds',
    labels: [],
    help: 'Time that the evaluation of one rule took.',
    buckets: [
      0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 2,
    ],
  },
  eventLagSeconds: {
    name: 'tocsin_event_lag_seconds',
    type: 'histogram',
    unit: 'seconds',
    labels: [],
    help: 'Time from when NATS stored a metric event to when the rules that read it had been evaluated.',
    buckets: [
      0.0001, 0.00025, 0.0005, 0.00075, 0.001, 0.0015, 0.002, 0.003, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5,
      1, 2.5, 5, 10, 30,
    ],
  },
  alertTransitionsTotal: {
    name: 'tocsin_alert_transitions_total',
    type: 'counter',
    labels: ['state'],
    help: 'Alert transitions published, by new state.',
  },
  alerts: { name: 'tocsin_alerts', type: 'gauge', labels: ['state'], help: 'Alerts of all rules, by state.' },
  alertsHeld: {
    name: 'tocsin_alerts_held',
    type: 'gauge',
    labels: ['reason'],
    help: 'Active alerts that something other than their condition holds: keep_firing_for, resolve, no_data or flapping.',
  },
  rules: { name: 'tocsin_rules', type: 'gauge', labels: [], help: 'Rules that are evaluated.' },
  ruleParts: {
    name: 'tocsin_rule_parts',
    type: 'gauge',
    labels: [],
    help: 'Parts of the rules, of 12, that this replica evaluates.',
  },
  ruleSamplesDroppedTotal: {
    name: 'tocsin_rule_samples_dropped_total',
    type: 'counter',
    labels: [],
    help: 'Samples that rules wrote (ALERTS, recorded series) and that could not be published.',
  },
  evaluationGapsTotal: {
    name: 'tocsin_evaluation_gaps_total',
    type: 'counter',
    labels: [],
    help: 'Parts of the rules that nobody evaluated for so long that some of the stream was passed over.',
  },
  ruleFilesRefused: {
    name: 'tocsin_rule_files_refused',
    type: 'gauge',
    labels: [],
    help: 'Rule files whose present content is refused.',
  },
} as const satisfies MetricDefinitions

/** What the notifier says of what came in and of what it sent. */
export const notifierMetrics = {
  notifierInputsTotal: {
    name: 'tocsin_notifier_inputs_total',
    type: 'counter',
    labels: ['input', 'action', 'reason'],
    help: 'What came in, by what was decided and why.',
  },
  notificationsTotal: {
    name: 'tocsin_notifications_total',
    type: 'counter',
    labels: ['channel', 'outcome', 'reason'],
    help: 'Attempts to send, by what came of them (delivered, failed, suppressed, dead) and why.',
  },
  notificationLatencySeconds: {
    name: 'tocsin_notification_latency_seconds',
    type: 'histogram',
    unit: 'seconds',
    labels: ['channel'],
    help: 'From the event to the moment the channel had taken its notification.',
    buckets: [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 30, 60, 300, 900, 3600],
  },
  notificationAttemptDurationSeconds: {
    name: 'tocsin_notification_attempt_duration_seconds',
    type: 'histogram',
    unit: 'seconds',
    labels: ['channel'],
    help: 'How long an attempt took.',
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
  },
  configLastReloadSuccessful: {
    name: 'tocsin_notifier_config_last_reload_successful',
    type: 'gauge',
    labels: [],
    help: 'Whether the configuration file was taken when it was read last; 0: it was refused, and the former one goes on.',
  },
  configLastReloadSuccessSeconds: {
    name: 'tocsin_notifier_config_last_reload_success_timestamp_seconds',
    type: 'gauge',
    labels: [],
    help: 'When the configuration file was last taken, in seconds since the epoch.',
  },
  digestEntries: {
    name: 'tocsin_digest_entries',
    type: 'gauge',
    labels: [],
    help: 'Entries that wait for the next digest.',
  },
  digestsTotal: {
    name: 'tocsin_digests_total',
    type: 'counter',
    labels: ['digest', 'reason'],
    help: 'Digests that were put on their way, by what they were made for: schedule or size.',
  },
  notificationFallbacksTotal: {
    name: 'tocsin_notification_fallbacks_total',
    type: 'counter',
    labels: ['channel', 'reason'],
    help: 'Notifications that a fallback receiver was told of, by the channel that could not tell them and why.',
  },
  notificationsLimitedTotal: {
    name: 'tocsin_notifications_limited_total',
    type: 'counter',
    labels: ['channel', 'by'],
    help: 'Notifications over a rate limit, which join the next digest, by who counted: redis, or this process alone.',
  },
  deadLettersReplayedTotal: {
    name: 'tocsin_dead_letters_replayed_total',
    type: 'counter',
    labels: ['reason'],
    help: 'Dead letters that were put into their queue again, by why they had become dead letters.',
  },
} as const satisfies MetricDefinitions

/** What the health service says of its checks. */
export const healthMetrics = {
  healthCheckHealthy: {
    name: 'tocsin_health_check_healthy',
    type: 'gauge',
    labels: ['check'],
    help: '1 while the check is healthy, 0.5 degraded, 0 unhealthy.',
  },
  healthCheckDurationSeconds: {
    name: 'tocsin_health_check_duration_seconds',
    type: 'histogram',
    unit: 'seconds',
    labels: ['check'],
    help: 'Time that a run of a check took.',
    buckets: [0.001, 0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  },
  healthStatus: {
    name: 'tocsin_health_status',
    type: 'gauge',
    labels: ['target', 'check'],
    help: 'Every check, those of applications too: 1 healthy, 0.5 degraded, 0 unhealthy, or it did not run.',
  },
  healthCheckAgeSeconds: {
    name: 'tocsin_health_check_age_seconds',
    type: 'gauge',
    unit: 'seconds',
    labels: ['target', 'check'],
    help: 'How long ago a check last ran.',
  },
  healthLastDurationSeconds: {
    name: 'tocsin_health_last_duration_seconds',
    type: 'gauge',
    unit: 'seconds',
    labels: ['target', 'check'],
    help: 'How long the last run of a check took.',
  },
  healthOverall: {
    name: 'tocsin_health_overall',
    type: 'gauge',
    labels: [],
    help: 'The health of everything, as /health says: 1 healthy, 0.5 degraded, 0 unhealthy.',
  },
} as const satisfies MetricDefinitions

/** What the host agent says of its own readings. */
export const hostAgentMetrics = {
  hostReadFailuresTotal: {
    name: 'tocsin_host_read_failures_total',
    type: 'counter',
    labels: ['part'],
    help: 'Readings that failed, by part.',
  },
} as const satisfies MetricDefinitions
