import { runService } from '@tocsin/runtime'
import { collectorEnv, readTls } from './env.ts'
import { startCollector } from './start-collector.ts'

await runService({
  name: 'collector',
  env: collectorEnv,
  port: (env) => env.PROMETHEUS_PORT,
  http: { metrics: false },
  tls: readTls,
  readers: (env) => [env.PROMETHEUS_PATH, '/api/v1'],
  start: startCollector,
})
