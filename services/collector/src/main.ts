import { runService } from '@tocsin/runtime'
import { collectorEnv } from './env.ts'
import { startCollector } from './start-collector.ts'

await runService({
  name: 'collector',
  env: collectorEnv,
  port: (env) => env.PROMETHEUS_PORT,
  http: { metrics: false },
  start: startCollector,
})
