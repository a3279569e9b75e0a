import { ServerError, spawnService, untilServiceReady } from '@tocsin/servers'
import type { CliEnv, ServicePlan } from '../env.ts'
import { CliError } from '../errors.ts'
import type { LineSink, Part } from './part.ts'

const READY_MS = 60_000
const TAIL = 6

/** What a user opens first on each service's port, and what it is for. */
function describe(plan: ServicePlan, env: CliEnv): { path: string; note: string } {
  const notes: Readonly<Record<ServicePlan['name'], { path: string; note: string }>> = {
    collector: { path: env.PROMETHEUS_PATH, note: 'metrics, the Prometheus query API' },
    health: { path: env.HEALTH_CHECK_PATH, note: 'health of the whole system' },
    notifier: { path: '/api/v1/deliveries', note: 'e-mail, Slack, webhooks; Alertmanager posts here too' },
    'alert-evaluator': { path: '/api/v1/alerts', note: 'alerts and rules' },
    sla: { path: '/api/v1/sla/report?period=day', note: 'objectives and error budgets' },
    capacity: { path: '/api/v1/capacity/risk', note: 'forecasts and risk' },
    'host-agent': { path: '/metrics', note: 'this machine’s CPU, memory, disks and network' },
  }
  return notes[plan.name]
}

/** One of Tocsin's services as a part: its own process under this Node, up when /health/ready says so. */
export function servicePart(
  plan: ServicePlan,
  env: CliEnv,
  processEnv: NodeJS.ProcessEnv,
  onLine: LineSink,
): Part {
  const { name, main } = plan
  const port = plan.ports[0]?.port ?? 0
  const { path, note } = describe(plan, env)
  return {
    name,
    kind: 'service',
    where: `http://${env.reach}:${port}${path}`,
    probe: `http://${env.reach}:${port}/health/ready`,
    note,
    async launch() {
      const tail: string[] = []
      const process = await spawnService({
        name,
        main,
        port,
        env: processEnv,
        cwd: env.root,
        onLine(line) {
          if (tail.push(line) > TAIL) tail.shift()
          onLine(name, line)
        },
      })
      try {
        // It is not ready while anything critical is unhealthy, a full disk for one: its finding, and no fault of its own.
        const startedIsEnough = name === 'health'
        await untilServiceReady({ name, port, process, host: env.reach }, READY_MS, { startedIsEnough })
      } catch (error) {
        await process.stop(5000)
        if (!(error instanceof ServerError)) throw error
        throw new CliError('start-failed', [error.message, ...tail].join('\n  '), { cause: error })
      }
      return process
    },
  }
}
