export { BusError, type BusErrorCode } from './bus/bus-error.ts'
export { type Bus, type ConnectBusOptions, connectBus } from './bus/connect-bus.ts'
export type { Payload, Published, PublishOptions } from './bus/publish.ts'
export { RpcError, type RpcHandlers } from './bus/rpc.ts'
export { backoffMs, type Clock, sleep, systemClock } from './clock.ts'
export { CodedError, codeOf, isRetryable, messageOf } from './coded-error.ts'
export { type ConnectRedisOptions, connectRedis, type RedisConnection } from './connect-redis.ts'
export type {
  ConsumeDeps,
  Consumer,
  DurableOptions,
  OrderedConsumer,
  OrderedOptions,
} from './consume/consume-deps.ts'
export { consumeDurable } from './consume/consume-durable.ts'
export { consumeOrdered } from './consume/consume-ordered.ts'
export { type Disposition, type DispositionLimits, decideDisposition } from './consume/decide-disposition.ts'
export { createMetricDecoder } from './consume/decode-metrics.ts'
export type { Delivery, Refusal } from './consume/delivery.ts'
export type { Outcome } from './consume/run-stages.ts'
export {
  Done,
  decodeJson,
  done,
  parseWith,
  pipeline,
  RefusedError,
  type Stage,
  type Stages,
} from './consume/stages.ts'
export { type WatchOptions, watchBucket } from './consume/watch-bucket.ts'
export { type BaseEnv, baseEnv } from './env/base-env.ts'
export { envVar } from './env/env-var.ts'
export { EnvError, type EnvFault, parseEnv } from './env/parse-env.ts'
export { redactUrls } from './env/redact.ts'
export type { HttpOptions } from './http/create-http.ts'
export { HttpError } from './http/http-error.ts'
export { ListenError, type Listening, listen } from './http/listen.ts'
export type { TlsFiles, TlsWhere } from './http/listen-tls.ts'
export { checkLogin, type Login, loginHeaders, loginSchemes, readLogin } from './http/login.ts'
export {
  type HoldLeaseOptions,
  holdLease,
  type LeaseDeps,
  type LeaseHolder,
  type LostReason,
} from './lease/hold-lease.ts'
export type { Lease } from './lease/lease.ts'
export { replicaName } from './lease/replica-name.ts'
export { createLog, type Log, type LogOptions } from './log/create-log.ts'
export { createThrottle, type Throttle } from './log/throttle.ts'
export { createMetrics, type Metrics, type ReadMetric } from './metrics/create-metrics.ts'
export { firstMoment } from './query/first-moment.ts'
export {
  createPrometheusClient,
  type InstantSample,
  type PrometheusClient,
  QueryError,
  type QueryErrorCode,
  type RangeSeries,
} from './query/prometheus-client.ts'
export { createLifecycle, type Lifecycle, type StopStep } from './service/lifecycle.ts'
export { createReadiness, type Readiness, type ReadinessReport } from './service/readiness.ts'
export { runService } from './service/run-service.ts'
export type { ServiceContext } from './service/service-context.ts'
export {
  type RunningService,
  type ServiceDefinition,
  type StartOptions,
  startService,
} from './service/start-service.ts'
export { type SpanOptions, withSpan } from './trace/with-span.ts'
