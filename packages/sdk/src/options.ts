import { hostname } from 'node:os'
import { isMainThread, threadId } from 'node:worker_threads'
import type { NodeConnectionOptions } from '@nats-io/transport-node'
import { createSubjects, type Subjects } from '@tocsin/contract'
import type { Registry } from 'prom-client'
import { readServers } from './connect/read-servers.ts'
import type { Environment } from './env.ts'

/** What `initializeMonitoring()` takes. All of it is optional; what is not given comes from the environment. */
export interface MonitoringOptions {
  /** The `service` label and the source of all events. Default: SERVICE_NAME, OTEL_SERVICE_NAME, or 'app'. */
  readonly service?: string
  /** The `instance` label. Default: `<hostname>:<pid>`, and in a worker thread `:<thread>` behind it. */
  readonly instance?: string
  /** Default: SERVICE_VERSION. */
  readonly version?: string
  /** Default: NODE_ENV. */
  readonly environment?: string
  readonly nats?: NatsOptions
  /** The first token of every subject. Default: NATS_SUBJECT_PREFIX, or 'monitoring'. */
  readonly subjectPrefix?: string
  /**
   * The application's own scrape endpoint; `false` for none. Default: on PROMETHEUS_PORT when that is set, and not in
   * worker threads.
   */
  readonly prometheus?: PrometheusOptions | false
  /** A prom-client registry that the application keeps already: its metrics are published too. */
  readonly registry?: Registry
  /** Event loop, heap, garbage collection and process metrics of Node. Default: true. */
  readonly nodeMetrics?: boolean
  /** The least time between two batches, in ms; the first change after a quiet time goes out at once. Default: 250. */
  readonly intervalMs?: number
  /** How often every series is published, changed or not, in ms. Default: 30000. */
  readonly snapshotIntervalMs?: number
  /** How often metrics with a `collect` function are collected, in ms. Default: 5000. */
  readonly collectIntervalMs?: number
  /**
   * Series that one metric may have. Beyond, counters and histograms are added up under
   * `otel_metric_overflow="true"`, and other metrics get no new series. Default: 10000.
   */
  readonly maxSeriesPerMetric?: number
  /** Where warnings go, each said once. Default: console.warn. */
  readonly onWarning?: (message: string) => void
}

export interface NatsOptions {
  /** One address or several of a cluster. Default: NATS_URL (comma-separated), or nats://127.0.0.1:4222. */
  readonly servers?: string | readonly string[]
  /** Default: NATS_USER. */
  readonly user?: string
  /** Default: NATS_PASS. */
  readonly pass?: string
  /** Path of a credentials file. Default: NATS_CREDS. */
  readonly creds?: string
  /** What the subjects of answers begin with. Default: NATS_INBOX_PREFIX, or '_INBOX'. */
  readonly inboxPrefix?: string
  readonly tls?: NodeConnectionOptions['tls']
}

export interface PrometheusOptions {
  /** 0 for any free port. Default: PROMETHEUS_PORT. */
  readonly port?: number
  /** Default: PROMETHEUS_PATH, or '/metrics'. */
  readonly path?: string
  /** Default: every address of the machine. */
  readonly host?: string
}

/** The options with every default filled in. */
export interface Configuration {
  readonly service: string
  readonly instance: string
  readonly version: string
  readonly environment: string
  readonly nats: Omit<NatsOptions, 'servers'> & { readonly servers: readonly string[] }
  readonly subjects: Subjects
  readonly prometheus: { readonly port: number; readonly path: string; readonly host?: string } | undefined
  readonly registry: Registry | undefined
  readonly nodeMetrics: boolean
  readonly intervalMs: number
  readonly snapshotIntervalMs: number
  readonly collectIntervalMs: number
  readonly maxSeriesPerMetric: number
}

export const DEFAULT_MAX_SERIES = 10_000

/** Fills in defaults: what the options leave out comes from the environment. `thread` is that of a worker, if it is one. */
export function configure(
  options: MonitoringOptions,
  env: Environment,
  thread = isMainThread ? undefined : threadId,
): Configuration {
  const { nats = {} } = options
  const { servers, login } = readServers(nats.servers ?? env.NATS_URL?.split(',') ?? 'nats://127.0.0.1:4222')
  return {
    service: options.service ?? env.SERVICE_NAME ?? env.OTEL_SERVICE_NAME ?? 'app',
    instance: options.instance ?? ownInstance(thread),
    version: options.version ?? env.SERVICE_VERSION ?? '',
    environment: options.environment ?? env.NODE_ENV ?? '',
    nats: {
      servers,
      user: nats.user ?? env.NATS_USER ?? login?.user,
      pass: nats.pass ?? env.NATS_PASS ?? login?.pass,
      creds: nats.creds ?? env.NATS_CREDS,
      inboxPrefix: nats.inboxPrefix ?? env.NATS_INBOX_PREFIX,
      tls: nats.tls,
    },
    subjects: createSubjects(options.subjectPrefix ?? env.NATS_SUBJECT_PREFIX),
    prometheus: endpoint(options, env, thread),
    registry: options.registry,
    nodeMetrics: options.nodeMetrics ?? true,
    intervalMs: options.intervalMs ?? 250,
    snapshotIntervalMs: options.snapshotIntervalMs ?? 30_000,
    collectIntervalMs: options.collectIntervalMs ?? 5000,
    maxSeriesPerMetric: options.maxSeriesPerMetric ?? DEFAULT_MAX_SERIES,
  }
}

/** Threads share a process, and its id. */
function ownInstance(thread: number | undefined): string {
  return `${hostname()}:${process.pid}${thread === undefined ? '' : `:${thread}`}`
}

function endpoint(
  { prometheus }: MonitoringOptions,
  env: Environment,
  thread: number | undefined,
): Configuration['prometheus'] {
  if (prometheus === false) return undefined
  // Worker threads have the environment of their process, and its port is for the main thread.
  const wanted = env.PROMETHEUS_ENABLED !== false && thread === undefined
  const asked = prometheus?.port ?? (wanted ? env.PROMETHEUS_PORT : undefined)
  if (asked === undefined) return undefined
  return { port: asked, path: prometheus?.path ?? env.PROMETHEUS_PATH ?? '/metrics', host: prometheus?.host }
}
