import { z } from 'zod'
import type { CliEnv } from '../env.ts'
import { CliError } from '../errors.ts'
import { type Backend, callApi, noSuchAnswer, parseJson } from '../query/ask-backend.ts'
import { isHttp, type LoginEnv, loginHeaders } from '../query/choose-backend.ts'

const texts = z.record(z.string(), z.string())

const alert = z.object({ labels: texts, state: z.string(), activeAt: z.string(), value: z.string() })

const common = {
  name: z.string(),
  query: z.string(),
  health: z.string(),
  lastError: z.string().optional(),
  evaluationTime: z.number(),
  lastEvaluation: z.string(),
  labels: texts.default({}),
}

const rule = z.discriminatedUnion('type', [
  z.object({ ...common, type: z.literal('recording') }),
  z.object({
    ...common,
    type: z.literal('alerting'),
    state: z.enum(['inactive', 'pending', 'firing', 'unknown']),
    duration: z.number().default(0),
    keepFiringFor: z.number().default(0),
    annotations: texts.default({}),
    alerts: z.array(alert).default([]),
    // What Tocsin has beyond Prometheus; times in seconds.
    noData: z.object({ policy: z.string(), for: z.number() }).optional(),
    resolve: z.string().optional(),
    flap: z.object({ changes: z.number(), within: z.number() }).optional(),
  }),
])

const group = z.object({
  name: z.string(),
  file: z.string(),
  interval: z.number(),
  rules: z.array(rule),
})

const answer = z.discriminatedUnion('status', [
  z.object({ status: z.literal('success'), data: z.object({ groups: z.array(group) }) }),
  z.object({ status: z.literal('error'), error: z.string() }),
])

/** A group as the rules API of the alert evaluator, and of Prometheus, shows it. */
export type RunningGroup = z.infer<typeof group>
export type RunningRule = RunningGroup['rules'][number]

/** What of the environment says where the alert evaluator is. */
export type EvaluatorAddress = Pick<CliEnv, 'ALERT_EVALUATOR_PORT' | 'reach' | keyof LoginEnv>

/** `--url`, else the alert evaluator of this machine. @throws {CliError} `bad-usage` */
export function chooseEvaluator(flag: string | undefined, env: EvaluatorAddress): Backend {
  if (flag === undefined)
    return {
      url: `http://${env.reach}:${env.ALERT_EVALUATOR_PORT}`,
      headers: loginHeaders(env),
      advice: 'does the alert evaluator run? `npm start` starts it; --url names another, or a Prometheus',
    }
  if (!isHttp(flag)) throw new CliError('bad-usage', `--url ${flag} is not an http or https URL`)
  return { url: flag, headers: {}, advice: 'is --url right?' }
}

/** The rules that run, as its API says. @throws {CliError} `no-answer`, `query-failed` */
export async function askRules(backend: Backend): Promise<readonly RunningGroup[]> {
  const called = await callApi(backend, 'rules')
  const { data } = answer.safeParse(parseJson(called.text))
  if (!data) throw noSuchAnswer(backend, called)
  if (data.status === 'error') throw new CliError('query-failed', `${called.who}: ${data.error}`)
  return data.data.groups
}
