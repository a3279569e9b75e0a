import { type SlaPeriod, slaPeriod } from '@tocsin/contract'
import {
  createPrometheusClient,
  HttpError,
  isRetryable,
  loginHeaders,
  readLogin,
  type ServiceContext,
  type ServiceDefinition,
} from '@tocsin/runtime'
import { createMeasureBurnRates } from './burn-rates.ts'
import { type SlaEnv, slaEnv } from './env.ts'
import { defaultObjectives } from './objective.ts'
import { createReportPeriod } from './report-period.ts'
import { createStandings } from './standings.ts'
import { watchObjectives } from './watch-objectives.ts'

/** Service level objectives: how they stand, reports, breaches. */
export const sla: ServiceDefinition<typeof slaEnv.shape> = {
  name: 'sla',
  env: slaEnv,
  port: (env) => env.SLA_PORT,
  async start(ctx) {
    const { env, bus, clock, http, lifecycle } = ctx
    const client = createPrometheusClient(backendUrl(ctx), { headers: loginHeaders(readLogin(env)) })
    const report = createReportPeriod(client, defaultObjectives, clock)

    http.get('/api/v1/slos', (_request, response) => {
      response.json({ slos: defaultObjectives })
    })
    http.get('/api/v1/sla/report', async (request, response) => {
      response.json(await report(periodOf(request.query['period'])).catch(answerOutage))
    })
    await bus.serveRpc('sla', { report: ({ period }) => report(period) })
    if (!env.SLA_MONITORING_ENABLED) return
    const burnRates = createMeasureBurnRates(client, defaultObjectives, clock)
    const standings = createStandings(await bus.kv('slos'))
    lifecycle.onStop('objectives', watchObjectives(ctx, report, burnRates, standings))
  },
}

function backendUrl({ env }: ServiceContext<SlaEnv>): string {
  return env.PROMETHEUS_URL ?? `http://localhost:${env.PROMETHEUS_PORT}`
}

function periodOf(text: unknown): SlaPeriod {
  const { data } = slaPeriod.safeParse(text ?? 'day')
  if (data) return data
  throw new HttpError(400, 'invalid_period', `period must be one of ${slaPeriod.options.join(', ')}`)
}

/** The backend being away is no fault of ours or the caller's: 503, to be tried again. */
function answerOutage(error: unknown): never {
  if (isRetryable(error) && error instanceof Error)
    throw new HttpError(503, 'backend_unavailable', error.message, { cause: error })
  throw error
}
