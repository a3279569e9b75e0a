import { runService } from '@tocsin/runtime'
import { hostAgentEnv } from './env.ts'
import { startHostAgent } from './start-host-agent.ts'

await runService({
  name: 'host-agent',
  env: hostAgentEnv,
  port: (env) => env.HOST_AGENT_PORT,
  start: startHostAgent,
})
