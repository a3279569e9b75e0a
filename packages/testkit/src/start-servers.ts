import {
  type AlertmanagerServerOptions,
  alertmanagerDefinition,
  type NatsServerOptions,
  natsDefinition,
  type PrometheusServerOptions,
  prometheusDefinition,
  redisDefinition,
  type Server,
  type ServerOptions,
  startAlertmanagerServer,
  startNatsServer,
  startPrometheusServer,
  startRedisServer,
} from '@tocsin/servers'
import { wantsContainers } from './env.ts'
import { startContainer } from './start-container.ts'

/** Starts a real nats-server with JetStream on a free port and a data folder of its own. */
export const startNats = (options: NatsServerOptions = {}): Promise<Server> =>
  wantsContainers() ? startContainer(natsDefinition(options), options) : startNatsServer(options)

/** Starts a real redis-server. */
export const startRedis = (options: ServerOptions = {}): Promise<Server> =>
  wantsContainers() ? startContainer(redisDefinition(), options) : startRedisServer(options)

/** Starts a real Prometheus with `config` (the text of prometheus.yml); remote write is on. */
export const startPrometheus = (options: PrometheusServerOptions = {}): Promise<Server> =>
  wantsContainers() ? startContainer(prometheusDefinition(options), options) : startPrometheusServer(options)

/** Starts a real Alertmanager with `config` (the text of alertmanager.yml). */
export const startAlertmanager = (options: AlertmanagerServerOptions = {}): Promise<Server> =>
  wantsContainers()
    ? startContainer(alertmanagerDefinition(options), options)
    : startAlertmanagerServer(options)
