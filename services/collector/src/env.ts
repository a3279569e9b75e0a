import { baseEnv, EnvError, envVar, type TlsWhere } from '@tocsin/runtime'
import { z } from 'zod'

/** The collector's environment; the README has it as a table. */
export const collectorEnv = z.object({
  ...baseEnv,
  PROMETHEUS_ENABLED: envVar.boolean.default(true),
  PROMETHEUS_PORT: envVar.port.default(9090),
  PROMETHEUS_PATH: z
    .string()
    .regex(/^\/[\w./-]*$/, { error: 'a path such as /metrics' })
    .default('/metrics'),
  REMOTE_WRITE_ENABLED: envVar.boolean.default(true),
  /** Of one request, compressed or not. */
  REMOTE_WRITE_MAX_BYTES: envVar.integer(64 * 1024, 1024 * 1024 * 1024).default(32 * 1024 * 1024),
  OTLP_ENABLED: envVar.boolean.default(true),
  OTLP_PORT: envVar.port.default(4318),
  /** Of one request, compressed or not. */
  OTLP_MAX_BYTES: envVar.integer(64 * 1024, 1024 * 1024 * 1024).default(16 * 1024 * 1024),
  /** Resource attributes that every series has as labels. */
  OTLP_RESOURCE_LABELS: envVar.list.default([]),
  OTLP_SCOPE_LABELS: envVar.boolean.default(false),
  /** Attributes of spans that are labels of their metrics. */
  SPAN_METRICS_DIMENSIONS: envVar.list.default([]),
  /** Label sets of a service, of each metric made of spans. */
  SPAN_METRICS_MAX_SERIES: envVar.integer(1).default(1000),
  SPAN_METRICS_BUILT_IN: z.enum(['auto', 'on', 'off']).default('auto'),
  SPAN_EVENTS_PER_SECOND: envVar.integer(0).default(50),
  /** HTTPS beside HTTP, for who scrapes from elsewhere; needs the two files. */
  PROMETHEUS_TLS_PORT: envVar.port.optional(),
  PROMETHEUS_TLS_HOST: envVar.text.optional(),
  PROMETHEUS_TLS_CERT: envVar.path.optional(),
  PROMETHEUS_TLS_KEY: envVar.path.optional(),
  /** Of what is scraped as OpenMetrics: each counter and histogram has a series more. */
  METRICS_CREATED: envVar.boolean.default(true),
  METRICS_STALE_AFTER: envVar.period.default(5 * 60_000),
  METRICS_RETENTION: envVar.duration.default(6 * 60 * 60_000),
  METRICS_MAX_BYTES: envVar.integer(16 * 1024 * 1024).default(512 * 1024 * 1024),
  METRICS_MAX_SERIES: envVar.integer(1).default(500_000),
  METRICS_MAX_SERIES_PER_METRIC: envVar.integer(1).default(50_000),
  METRICS_MAX_SERIES_PER_SOURCE: envVar.integer(1).default(100_000),
  /** Unset: no snapshot is kept, and every start replays the whole stream. */
  METRICS_SNAPSHOT_PATH: envVar.path.optional(),
  METRICS_SNAPSHOT_INTERVAL: envVar.period.default(5 * 60_000),
  QUERY_TIMEOUT: envVar.period.default(2 * 60_000),
  QUERY_MAX_CONCURRENCY: envVar.integer(1, 1000).default(20),
  QUERY_MAX_SAMPLES: envVar.integer(1).default(50_000_000),
})

export type CollectorEnv = z.infer<typeof collectorEnv>

/** Where HTTPS listens, if anywhere. @throws {EnvError} for a port without its files */
export function readTls(env: CollectorEnv): TlsWhere | undefined {
  const { PROMETHEUS_TLS_PORT: port, PROMETHEUS_TLS_CERT: cert, PROMETHEUS_TLS_KEY: key } = env
  if (port === undefined) return undefined
  if (cert !== undefined && key !== undefined)
    return { port, host: env.PROMETHEUS_TLS_HOST, files: { cert, key } }
  const missing = { PROMETHEUS_TLS_CERT: cert, PROMETHEUS_TLS_KEY: key }
  const names = Object.entries(missing).flatMap(([name, value]) => (value === undefined ? [name] : []))
  throw new EnvError(
    names.map((name) => ({
      name,
      expected: 'a PEM file, since PROMETHEUS_TLS_PORT is set',
      given: undefined,
    })),
  )
}
