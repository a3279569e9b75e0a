import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import type { z } from 'zod'
import { connectBus } from '../bus/connect-bus.ts'
import { type Clock, systemClock } from '../clock.ts'
import { connectRedis, type RedisConnection } from '../connect-redis.ts'
import type { BaseEnv, baseEnv } from '../env/base-env.ts'
import { parseEnv } from '../env/parse-env.ts'
import { createHttp, type HttpOptions } from '../http/create-http.ts'
import { listenBoth, type TlsWhere } from '../http/listen-tls.ts'
import { readLogin } from '../http/login.ts'
import { createLog, type Log } from '../log/create-log.ts'
import { createMetrics } from '../metrics/create-metrics.ts'
import { publishOwnMetrics } from '../metrics/publish-own-metrics.ts'
import { serviceIdentity } from '../metrics/service-identity.ts'
import { startTracing } from '../trace/start-tracing.ts'
import { createLifecycle, type StopStep } from './lifecycle.ts'
import { createReadiness } from './readiness.ts'
import type { ServiceContext } from './service-context.ts'

/** A service, before it runs. */
export interface ServiceDefinition<Shape extends typeof baseEnv = typeof baseEnv> {
  readonly name: string
  readonly version?: string
  /** `z.object({ ...baseEnv, … })`. */
  readonly env: z.ZodObject<Shape>
  /** Which port HTTP listens on; 0 for any free one. */
  readonly port: (env: z.infer<z.ZodObject<Shape>>) => number
  readonly http?: Omit<HttpOptions, 'access'>
  /** Paths whose readers must log in, where the environment asks for that. Default: `/metrics`. */
  readonly readers?: (env: z.infer<z.ZodObject<Shape>>) => readonly string[]
  /** Where HTTPS listens beside HTTP, if anywhere. */
  readonly tls?: (env: z.infer<z.ZodObject<Shape>>) => TlsWhere | undefined
  /** Begins the work. The service is ready when this resolves and every readiness check agrees. */
  readonly start: (ctx: ServiceContext<z.infer<z.ZodObject<Shape>> & BaseEnv>) => Promise<void> | void
}

export interface RunningService {
  readonly name: string
  readonly url: string
  readonly log: Log
  /** Resolves when the service is up; rejects when its start failed, after it has been stopped. */
  readonly started: Promise<void>
  /** Stops in order. Repeated calls answer the same. */
  stop(reason?: string): Promise<readonly StopStep[]>
}

export interface StartOptions {
  readonly clock?: Clock
  readonly log?: Log
}

/**
 * Starts a service in this process: HTTP first (so that `/health/live` answers), then NATS, its streams, and its work.
 * @throws {EnvError} for a bad environment, {@link ListenError} for a taken port.
 */
export async function startService<Shape extends typeof baseEnv>(
  definition: ServiceDefinition<Shape>,
  source: Readonly<Record<string, string | undefined>>,
  { clock = systemClock, log: givenLog }: StartOptions = {},
): Promise<RunningService> {
  const { name, version = '0.1.0' } = definition
  const env = parseEnv(definition.env, source) as z.infer<z.ZodObject<Shape>> & BaseEnv
  const login = readLogin(env)
  const tls = definition.tls?.(env)
  const log = givenLog ?? createLog({ service: name, version, level: env.LOG_LEVEL, pretty: env.LOG_PRETTY })
  const startedMs = clock.now()
  const metrics = createMetrics(name, version)
  const lifecycle = createLifecycle({ clock, log })
  const readiness = createReadiness(clock)
  const tracing = await startTracing(name, env.OTEL_EXPORTER_OTLP_ENDPOINT, log)
  lifecycle.onStop('traces', tracing.stop, { timeoutMs: 3000 })

  let redis: RedisConnection | undefined
  lifecycle.onStop('redis', () => redis?.close())
  const { server, app } = createHttp(
    { log, metrics, readiness },
    { ...definition.http, access: login && { login, paths: definition.readers?.(env) ?? ['/metrics'] } },
  )
  const plain = { port: definition.port(env), host: env.HTTP_HOST }
  const http = await listenBoth(server, plain, tls, { clock, log }).catch(async (error) => {
    await lifecycle.stop('cannot listen')
    throw error
  })
  const unlisten = lifecycle.onStop('http', () => http.close())
  log.info({ url: http.url }, 'listening')

  const start = async () => {
    const bus = await connectBus({
      env,
      name: `tocsin-${name}`,
      version,
      log,
      clock,
      metrics,
      signal: lifecycle.signal,
      onState: (trouble) => readiness.set('nats', trouble),
    })
    lifecycle.onStop('nats', () => bus.close())
    // Requests still in hand need NATS: from here on HTTP closes before it.
    unlisten()
    lifecycle.onStop('http', () => http.close())
    await bus.ensureTopology()
    const redisOnce = () => {
      redis ??= connectRedis({ url: env.REDIS_URL, log, metrics })
      return redis
    }
    const instance = `${name}@${hostname()}:${process.pid}:${randomBytes(4).toString('hex')}`
    const identity = serviceIdentity(name, http.url)
    const intervalMs = env.SELF_METRICS_INTERVAL
    if (intervalMs > 0) {
      const publishing = { metrics, bus, identity, instance, log, clock, intervalMs, startedMs }
      // After the service's own steps, so that the last figures are those at the end.
      lifecycle.onStop('own metrics', publishOwnMetrics(publishing), { timeoutMs: 2000 })
    }
    await definition.start({
      name,
      version,
      instance,
      identity,
      env,
      log,
      clock,
      bus,
      redis: redisOnce,
      http: app,
      url: http.url,
      metrics,
      lifecycle,
      readiness,
    })
    if (lifecycle.signal.aborted) return
    readiness.phase('ready')
    log.info({ url: http.url }, 'started')
  }
  const stop = (reason = 'asked to stop') => {
    readiness.phase('stopping')
    return lifecycle.stop(reason)
  }
  const started = start().catch(async (error: unknown) => {
    if (lifecycle.signal.aborted) return
    await stop('start failed')
    throw error
  })
  // Told to whoever awaits it; a caller that does not must not bring the process down.
  started.catch(() => {})
  return { name, url: http.url, log, started, stop }
}
