import type { Express } from 'express'
import type { Bus } from '../bus/connect-bus.ts'
import type { Clock } from '../clock.ts'
import type { RedisConnection } from '../connect-redis.ts'
import type { BaseEnv } from '../env/base-env.ts'
import type { Log } from '../log/create-log.ts'
import type { Metrics } from '../metrics/create-metrics.ts'
import type { ServiceIdentity } from '../metrics/service-identity.ts'
import type { Lifecycle } from './lifecycle.ts'
import type { Readiness } from './readiness.ts'

/** What a service is started with: everything it needs from outside. */
export interface ServiceContext<Env extends BaseEnv = BaseEnv> {
  /** The service's name, e.g. `collector`. */
  readonly name: string
  readonly version: string
  /** Names this process among the replicas of its service: host, process and a random part. */
  readonly instance: string
  /** What its own series are labelled with wherever those of several services meet. */
  readonly identity: ServiceIdentity
  readonly env: Env
  readonly log: Log
  readonly clock: Clock
  readonly bus: Bus
  /** Connects to Redis at the first call; later calls answer the same connection. */
  redis(): RedisConnection
  /** The service's own routes go here. */
  readonly http: Express
  /** Where this service's HTTP listens. */
  readonly url: string
  readonly metrics: Metrics
  readonly lifecycle: Lifecycle
  readonly readiness: Readiness
}
