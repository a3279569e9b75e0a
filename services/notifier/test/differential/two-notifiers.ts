import { rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import {
  type HttpSink,
  type Server,
  type ServiceUnderTest,
  startAlertmanager,
  startHttpSink,
  startNats,
  startRedis,
  startService,
} from '@tocsin/testkit'
import type { Scenario, Step } from './scenarios.ts'

/** Between two steps there is one flush of every group, half-way: each sees the same alerts. */
export const STEP_MS = 4000

/** Alertmanager and the notifier, with the same configuration, told the same, each with its own receiver. */
export interface TwoNotifiers {
  readonly theirs: HttpSink
  readonly ours: HttpSink
  post(step: Step, scenario: string): Promise<void>
  silence(name: string, value: string, scenario: string): Promise<() => Promise<void>>
  stop(): Promise<void>
}

/** `tries`: the same scenarios by different names, which share their receivers. */
export async function startTwoNotifiers(tries: readonly (readonly Scenario[])[]): Promise<TwoNotifiers> {
  const [nats, redis, theirs, ours] = await Promise.all([
    startNats(),
    startRedis(),
    startHttpSink(),
    startHttpSink(),
  ])
  const file = path.join(tmpdir(), `notifier-${process.pid}-${nats.port}.yml`)
  await writeFile(file, configOf(tries, ours.url))
  const [alertmanager, service] = await Promise.all([
    startAlertmanager({ config: configOf(tries, theirs.url) }),
    startService(
      'notifier',
      { NATS_URL: nats.url, REDIS_URL: redis.url, NOTIFIER_CONFIG: file },
      { readyTimeoutMs: 60_000 },
    ),
  ])
  const both = [alertmanager, service]
  await warmUp(both, [theirs, ours])
  return {
    theirs,
    ours,
    post: (step, scenario) => postToAll(both, step, scenario),
    silence: (name, value, scenario) => silenceAll(both, { name, value, scenario }),
    async stop() {
      await service.stop()
      await Promise.all([alertmanager, nats, redis, theirs, ours].map((server) => server.stop()))
      await rm(file)
    },
  }
}

/** What is done for the first time takes longer: later than half a step would be another flush. */
async function warmUp(notifiers: readonly Notifier[], sinks: readonly HttpSink[]): Promise<void> {
  await postToAll(notifiers, [{ labels: { alertname: 'W' }, fires: true }], 'warm')
  await Promise.all(sinks.map((sink) => sink.waitForRequest(undefined, 90_000)))
  for (const sink of sinks) sink.clear()
}

type Notifier = Pick<Server | ServiceUnderTest, 'url'>

async function postToAll(notifiers: readonly Notifier[], step: Step, scenario: string): Promise<void> {
  if (step.length === 0) return
  const now = new Date().toISOString()
  const alerts = step.map(({ labels, fires }) => ({
    labels: { ...labels, scenario },
    ...(fires ? { startsAt: now } : { endsAt: now }),
  }))
  await Promise.all(notifiers.map(({ url }) => send(`${url}/api/v2/alerts`, 'POST', alerts)))
}

async function silenceAll(
  notifiers: readonly Notifier[],
  { name, value, scenario }: { readonly name: string; readonly value: string; readonly scenario: string },
): Promise<() => Promise<void>> {
  const equal = { isRegex: false, isEqual: true }
  const silence = {
    matchers: [
      { name, value, ...equal },
      { name: 'scenario', value: scenario, ...equal },
    ],
    startsAt: new Date().toISOString(),
    endsAt: new Date(Date.now() + 3_600_000).toISOString(),
    createdBy: 'test',
    comment: 'for a while',
  }
  const ends = notifiers.map(async ({ url }) => {
    const answer = await send(`${url}/api/v2/silences`, 'POST', silence)
    const { silenceID } = (await answer.json()) as { silenceID: string }
    return () => send(`${url}/api/v2/silence/${silenceID}`, 'DELETE')
  })
  const made = await Promise.all(ends)
  return async () => {
    await Promise.all(made.map((end) => end()))
  }
}

async function send(url: string, method: string, body?: unknown): Promise<Response> {
  const init =
    body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
  const answer = await fetch(url, { method, ...init })
  if (!answer.ok) throw new Error(`${method} ${url}: ${answer.status} ${await answer.text()}`)
  return answer
}

function configOf(tries: readonly (readonly Scenario[])[], sink: string): string {
  const prefix = (index: number) => `s${index}`
  const routes = tries.flatMap((scenarios) =>
    scenarios.map(
      ({ name, routes: own }, i) =>
        `    - { matchers: ['scenario="${name}"'], receiver: root, routes: [${own.replaceAll(/\s+/g, ' ').replaceAll('R-', `${prefix(i)}-`)}] }`,
    ),
  )
  const receivers = (tries[0] ?? []).flatMap(({ receivers: own }, i) =>
    Object.entries(own).map(
      ([name, tellsEnds]) =>
        `  - { name: ${prefix(i)}-${name}, webhook_configs: [{ url: '${sink}/', send_resolved: ${tellsEnds} }] }`,
    ),
  )
  const rules = tries.flat().flatMap(({ name, inhibitRules = [] }) =>
    inhibitRules.map((rule) =>
      `  - ${rule}`
        .replace(/_matchers: \[/g, `_matchers: [scenario="${name}", `)
        .replace(/_match: \{/g, `_match: { scenario: ${name},`)
        .replace(/_match_re: \{/g, `_match_re: { scenario: ${name},`),
    ),
  )
  return `
route:
  receiver: root
  group_wait: ${STEP_MS / 2}ms
  group_interval: ${STEP_MS}ms
  repeat_interval: 1h
  routes:
    - { matchers: ['scenario="warm"'], receiver: warm }
${routes.join('\n')}
receivers:
  - { name: root }
  - { name: warm, webhook_configs: [{ url: '${sink}/' }] }
${receivers.join('\n')}
inhibit_rules:
${rules.join('\n')}
time_intervals:
  - { name: always, time_intervals: [{ times: [{ start_time: '00:00', end_time: '24:00' }] }] }
  - { name: never, time_intervals: [{ years: ['2001'] }] }
`
}
