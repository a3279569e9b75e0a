export {
  type AlertEvent,
  alertEvent,
  alertState,
  postedTransitions,
  type Stages,
  stages,
} from './alert-event.ts'
export { type CustomRule, customRule, promDuration } from './alert-rule.ts'
export { alertmanagerMetrics } from './alertmanager-catalogue.ts'
export {
  type WebhookAlert,
  type WebhookBody,
  webhookAlert,
  webhookBody,
  ZERO_TIME,
} from './alertmanager-webhook.ts'
export {
  agentMetrics,
  applicationMetrics,
  builtInDefinitions,
  databaseMetrics,
  httpMetrics,
} from './application-catalogue.ts'
export { capacityMetrics } from './capacity-catalogue.ts'
export {
  type CapacityForecast,
  type CapacityForecastEvent,
  type CapacityRisk,
  type CapacityRiskEvent,
  capacityForecast,
  capacityForecastEvent,
  capacityRisk,
  capacityRiskEvent,
  type RiskLevel,
  riskLevel,
} from './capacity-event.ts'
export { metricCatalogue, metricGroups } from './catalogue.ts'
export { collectorMetrics, headMetrics } from './collector-catalogue.ts'
export { containerMetrics } from './container-catalogue.ts'
export { conventionKeys } from './convention-keys.ts'
export { dbObservabilityDefinitions } from './custom-catalogue.ts'
export { type DynamicAlertSettings, dynamicAlertSettings } from './dynamic-alerts.ts'
export { dynamicAlertMetrics } from './dynamic-catalogue.ts'
export { CONTRACT_VERSION, envelope, type Labels, stringMap, timestamp } from './envelope.ts'
export { fingerprint } from './fingerprint.ts'
export { deadLetterHeaders } from './headers.ts'
export {
  type HealthEvent,
  type HealthReport,
  type HealthStatus,
  healthEvent,
  healthReport,
  healthStatus,
} from './health-event.ts'
export { hostMetrics } from './host-catalogue.ts'
export { kernelMetrics } from './kernel-catalogue.ts'
export {
  identityLabels,
  JOB_BUCKETS,
  type MetricDefinition,
  type MetricDefinitions,
  type MetricGroup,
  type MetricKind,
  type Publisher,
  QUERY_BUCKETS,
  REQUEST_BUCKETS,
} from './metric-definition.ts'
export {
  type BatchDictionary,
  type BatchMetric,
  bucketBounds,
  exemplarLength,
  MAX_EXEMPLAR_LENGTH,
  type MetricBatch,
  type MetricEvent,
  type MetricType,
  metricBatch,
  metricEvent,
  metricMessage,
  metricName,
  metricType,
  publishedLabels,
  type SampleValue,
} from './metric-event.ts'
export {
  type DeliveryEvent,
  type DigestEntry,
  deliveryEvent,
  deliveryOutcome,
  digestEntry,
  type FallbackOf,
  metadata,
  type NotificationRequest,
  notificationRequest,
  type OutboxAlerts,
  type OutboxDigest,
  type OutboxEvent,
  type OutboxMessage,
  outboxEvent,
} from './notification.ts'
export { otlpMetrics } from './otlp-catalogue.ts'
export {
  type MetricFault,
  type MetricFaultReason,
  type ParsedMetricMessage,
  parseMetricMessage,
} from './parse-metric-message.ts'
export { type PostedAlert, type PostedAlerts, postedAlert, postedAlerts } from './posted-alerts.ts'
export { processMetrics } from './process-catalogue.ts'
export { remoteWriteMetrics } from './remote-write-catalogue.ts'
export {
  type RpcEnvelope,
  type RpcReply,
  type RpcRequest,
  type RpcService,
  type RpcVerbs,
  rpcEnvelope,
  rpcVerbs,
} from './rpc.ts'
export { runtimeMetrics } from './runtime-catalogue.ts'
export { sdkMetrics } from './sdk-catalogue.ts'
export { evaluatorMetrics, healthMetrics, hostAgentMetrics, notifierMetrics } from './service-catalogue.ts'
export { type Severity, severities, severity, severityOf, severityWords } from './severity.ts'
export { slaMetrics } from './sla-catalogue.ts'
export {
  type SlaPeriod,
  type SlaReport,
  type SlaReportEvent,
  type SlaViolationEvent,
  type SloStatus,
  slaPeriod,
  slaReport,
  slaReportEvent,
  slaViolationEvent,
  sloStatus,
} from './sla-event.ts'
export { messagingMetrics, spanMetrics } from './span-catalogue.ts'
export { type SpanEvent, spanEvent } from './span-event.ts'
export {
  type BucketDefinition,
  type BucketKey,
  bucketName,
  createBuckets,
  createStreams,
  type StreamDefinition,
  type StreamKey,
  streamName,
} from './streams.ts'
export {
  type AlertState,
  createSubjects,
  DEFAULT_PREFIX,
  type DeliveryOutcome,
  type Subjects,
  sourceOfMetricsSubject,
  subjectToken,
  textOfToken,
} from './subjects.ts'
export { unitWords } from './unit-words.ts'
export { EventColumns } from './wire/event-columns.ts'
export type { EventKind } from './wire/event-kind.ts'
export { createMetricReader, type MetricReader, type MetricReading, readTyped } from './wire/metric-reader.ts'
export { ENDS_SERIES, SampleColumns } from './wire/sample-columns.ts'
export type { BatchHead } from './wire/scan-batch.ts'
