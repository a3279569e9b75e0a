export { type AlertManager, alertManager, type CustomRule, type RuleReceipt } from './alerts.ts'
export { type CapacityForecast, getCapacityForecast } from './capacity.ts'
export { createMonitoring, type Monitoring, type MonitoringStatus } from './create-monitoring.ts'
export { flush, initializeMonitoring, monitoringStatus, shutdown } from './default-monitoring.ts'
export { MonitoringError, type MonitoringErrorCode } from './errors.ts'
export {
  addCustomHealthCheck,
  type CheckFunction,
  type CheckResult,
  type CustomHealthCheck,
} from './health.ts'
export { type Metadata, notify, type Severity } from './notifications.ts'
export type { MonitoringOptions, NatsOptions, PrometheusOptions } from './options.ts'
export {
  dbObservabilityMetrics,
  type MetricFactories,
  type Metrics,
  type Middleware,
  metrics,
  monitorRequests,
  recordAgentExecution,
  recordDatabaseQuery,
  recordHttpRequest,
  setCumulative,
} from './prometheus.ts'
export { getSLAReport, type SlaPeriod, type SlaReport } from './sla.ts'
