export {
  type AlertmanagerServerOptions,
  alertmanagerDefinition,
  startAlertmanagerServer,
} from './alertmanager-server.ts'
export { findDocker } from './docker.ts'
export { ServerError, type ServerErrorCode } from './errors.ts'
export { findProgram, findServer } from './find-program.ts'
export { freePort, isPortFree } from './free-port.ts'
export { locateServer, type ServerLocation } from './locate-server.ts'
export { type NatsServerOptions, natsDefinition, probeNats, startNatsServer } from './nats-server.ts'
export { probeHttp, probeService } from './probe-http.ts'
export { isRunning, processBirth } from './process-state.ts'
export { isServerName, SERVER_PROGRAMS, type ServerName } from './programs.ts'
export {
  type PrometheusServerOptions,
  prometheusDefinition,
  startPrometheusServer,
} from './prometheus-server.ts'
export { type ProvideOptions, provideServers } from './provide-servers.ts'
export { probeRedis, redisDefinition, startRedisServer } from './redis-server.ts'
export type { Server, ServerOptions } from './run-server.ts'
export {
  repositoryRoot,
  type ServiceOptions,
  serviceNodeArgs,
  spawnService,
  untilServiceReady,
} from './run-service.ts'
export type { ServerDefinition } from './server-definition.ts'
export { SERVICES, type ServiceName, type ServiceProgram } from './service-catalogue.ts'
export { type Exit, type GuardedProcess, liveProcesses, spawnGuarded } from './spawn-guarded.ts'
