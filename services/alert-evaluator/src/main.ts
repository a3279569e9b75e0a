import { runService } from '@tocsin/runtime'
import { evaluatorEnv } from './env.ts'
import { startEvaluator } from './start-evaluator.ts'

await runService({
  name: 'alert-evaluator',
  env: evaluatorEnv,
  port: (env) => env.ALERT_EVALUATOR_PORT,
  // Queries read samples, as the collector's do.
  readers: () => ['/metrics', '/api/v1/query'],
  start: startEvaluator,
})
