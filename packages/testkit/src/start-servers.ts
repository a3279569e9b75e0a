import {
  type AlertmanagerServerOptions,
  type NatsServerOptions,
  type PrometheusServerOptions,
  type Server,
  type ServerOptions,
  startAlertmanagerServer,
  startNatsServer,
  startPrometheusServer,
  startRedisServer,
} from '@tocsin/servers'

/** Starts a real nats-server with JetStream on a free port and a data folder of its own. */
export const startNats = (options: NatsServerOptions = {}): Promise<Server> => startNatsServer(options)

/** Starts a real redis-server. */
export const startRedis = (options: ServerOptions = {}): Promise<Server> => startRedisServer(options)

/** Starts a real Prometheus with `config` (the text of prometheus.yml); remote write is on. */
export const startPrometheus = (options: PrometheusServerOptions = {}): Promise<Server> =>
  startPrometheusServer(options)

/** Starts a real Alertmanager with `config` (the text of alertmanager.yml). */
export const startAlertmanager = (options: AlertmanagerServerOptions = {}): Promise<Server> =>
  startAlertmanagerServer(options)
