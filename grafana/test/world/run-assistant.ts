import { createMonitoring, type Monitoring } from '@tocsin/sdk'

/** An application beside the shop, that uses what the shop does not: agents, pools, caches, tables, replicas. */
export interface Assistant {
  stop(): Promise<void>
}

const TICK_MS = 100
const agents = ['code-analyzer', 'test-writer', 'reviewer'] as const
const workflows = ['release', 'triage'] as const
const SPARE_CONNECTIONS = 20
const TABLES = { sessions: 48e6, messages: 310e6, embeddings: 1.2e9 } as const

/** Starts it, under a load that comes and goes. What it measures is made up; the way there is the SDK's own. */
export async function runAssistant(nats: string): Promise<Assistant> {
  const monitoring = createMonitoring({
    service: 'assistant',
    instance: 'assistant-1',
    version: '2.4.0',
    nats: { servers: nats },
    prometheus: false,
    onWarning: () => {},
  })
  await monitoring.start()
  let ticks = 0
  const work = () => {
    const wave = 0.5 + 0.4 * Math.sin(ticks / 400)
    runAgents(monitoring, ticks, wave)
    useDatabase(monitoring, ticks, wave)
    useDerived(monitoring, ticks, wave)
    ticks++
  }
  work()
  const timer = setInterval(work, TICK_MS)
  return {
    async stop() {
      clearInterval(timer)
      await monitoring.shutdown()
    },
  }
}

const noisy = (value: number): number => value * (0.6 + 0.8 * Math.random())
const oneIn = (n: number): boolean => Math.random() * n < 1

function runAgents({ metrics, recordAgentExecution }: Monitoring, ticks: number, wave: number): void {
  for (const [index, agent] of agents.entries()) {
    metrics.agentActiveExecutions.set({ agent_type: agent }, Math.round(noisy(4 * wave + index)))
    if (!oneIn(4 + 3 * index)) continue
    const status = oneIn(18) ? 'failure' : 'success'
    recordAgentExecution(agent, status, noisy(1500 * (index + 1)), Math.round(noisy(900 * (index + 1))))
  }
  for (const workflow of workflows) {
    metrics.agentWorkflows.set({ workflow, status: 'running' }, Math.round(noisy(6 * wave)))
    metrics.agentWorkflows.set({ workflow, status: 'queued' }, Math.round(noisy(3 * wave)))
    metrics.agentWorkflows.set({ workflow, status: 'waiting' }, 1)
    if (ticks % 12 === 0)
      metrics.agentWorkflowRunsTotal.inc({ workflow, status: oneIn(12) ? 'failed' : 'completed' })
  }
  metrics.activeUsers.set(Math.round(20 + 30 * wave))
}

function useDatabase({ metrics, recordDatabaseQuery }: Monitoring, ticks: number, wave: number): void {
  for (const [index, table] of Object.keys(TABLES).entries()) {
    recordDatabaseQuery(oneIn(4) ? 'UPDATE' : 'SELECT', table, !oneIn(300), noisy(3 + 8 * index))
    metrics.dbTableSizeBytes.set({ table }, TABLES[table as keyof typeof TABLES] + ticks * 40_000)
    metrics.dbTableRows.set({ table }, 10_000 * (index + 1) + ticks)
  }
  const active = Math.round(SPARE_CONNECTIONS * (0.3 + 0.5 * wave))
  metrics.dbPoolConnections.set({ pool: 'main', state: 'active' }, active)
  metrics.dbPoolConnections.set({ pool: 'main', state: 'idle' }, SPARE_CONNECTIONS - active)
  metrics.dbPoolMaxConnections.set({ pool: 'main' }, SPARE_CONNECTIONS)
  metrics.dbPoolPendingRequests.set({ pool: 'main' }, wave > 0.8 ? 2 : 0)
  for (const cache of ['sessions', 'prompts']) {
    metrics.cacheRequestsTotal.inc({ cache, result: oneIn(cache === 'prompts' ? 3 : 12) ? 'miss' : 'hit' }, 5)
    if (oneIn(5)) metrics.cacheEvictionsTotal.inc({ cache })
  }
  metrics.apiRateLimitMaxRequests.set({ api: 'models' }, 1000)
  metrics.apiRateLimitRemainingRequests.set({ api: 'models' }, Math.round(250 - 40 * wave))
}

function useDerived({ dbObservabilityMetrics: observed }: Monitoring, ticks: number, wave: number): void {
  const way = { source: 'primary', destination: 'replica' }
  observed.replicationLagSeconds.set(way, noisy(1 + 4 * wave))
  if (ticks % 20 === 0)
    observed.syncOperationsTotal.inc({
      operation_type: 'full_sync',
      ...way,
      status: oneIn(15) ? 'error' : 'success',
    })
  observed.vectorSearchDurationSeconds.observe({ index: 'embeddings' }, noisy(0.02))
  observed.wasmExecutionDurationSeconds.observe({ module: 'tokenizer', function: 'encode' }, noisy(0.002))
}
