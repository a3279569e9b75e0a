import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findProgram, freePort, type GuardedProcess, probeHttp, spawnGuarded } from '@tocsin/servers'
import { type HttpSink, startAlertmanager, startHttpSink, startPrometheus, waitFor } from '@tocsin/testkit'

/** An evaluator and Alertmanager at their fastest: an application that is scraped, rules, a webhook's receiver. */
export interface PeerPath {
  readonly name: string
  readonly webhook: HttpSink
  /** Gives a series of the application a value. */
  set(series: string, value: number): void
  stop(): Promise<void>
}

interface Surroundings {
  readonly folder: string
  /** The application's address. */
  readonly app: string
  readonly alertmanager: string
  /** A rule file. */
  readonly rules: string
}

/** What scrapes, evaluates and tells Alertmanager. */
type StartEvaluator = (around: Surroundings) => Promise<{ stop(): Promise<void> }>

export const startPrometheusPath = (expression: string): Promise<PeerPath> =>
  startPath('Prometheus + Alertmanager, 1 s', expression, ({ app, alertmanager, rules }) =>
    startPrometheus({
      config: `global: { scrape_interval: 1s, scrape_timeout: 900ms, evaluation_interval: 1s }
rule_files: ['${rules}']
alerting:
  alertmanagers: [{ static_configs: [{ targets: ['${alertmanager}'] }] }]
scrape_configs:
  - job_name: app
    static_configs: [{ targets: ['${app}'] }]
`,
    }),
  )

/** Undefined when it is not installed. */
export async function startVictoriaPath(expression: string): Promise<PeerPath | undefined> {
  const [victoria, vmalert] = [findProgram(['victoria-metrics']), findProgram(['vmalert'])]
  if (!victoria || !vmalert) return undefined
  return await startPath('vmalert + Alertmanager, 1 s', expression, (around) =>
    startVictoria(victoria, vmalert, around),
  )
}

async function startVictoria(
  victoria: string,
  vmalert: string,
  { folder, app, alertmanager, rules }: Surroundings,
): Promise<{ stop(): Promise<void> }> {
  const scrape = join(folder, 'scrape.yml')
  writeFileSync(
    scrape,
    `global: { scrape_interval: 1s, scrape_timeout: 900ms }
scrape_configs:
  - job_name: app
    static_configs: [{ targets: ['${app}'] }]
`,
  )
  const started: GuardedProcess[] = []
  const start = async (command: string, args: readonly string[]): Promise<string> => {
    const address = `127.0.0.1:${await freePort()}`
    started.push(await spawnGuarded({ command, args: [...args, `-httpListenAddr=${address}`] }))
    await waitFor(() => probeHttp(`http://${address}/health`).then(() => true), {
      what: `${command} at ${address}`,
      timeoutMs: 20_000,
    })
    return `http://${address}`
  }
  const stop = async () => {
    for (const child of started.toReversed()) await child.stop()
  }
  try {
    const store = await start(victoria, [
      `-storageDataPath=${join(folder, 'data')}`,
      `-promscrape.config=${scrape}`,
      // By default it looks only at samples that are 30 s old.
      '-search.latencyOffset=0s',
    ])
    await start(vmalert, [
      `-datasource.url=${store}`,
      `-rule=${rules}`,
      '-evaluationInterval=1s',
      `-notifier.url=http://${alertmanager}`,
    ])
  } catch (error) {
    await stop()
    throw error
  }
  return { stop }
}

/** Scrape and evaluation every second, no group wait: what configuration allows. */
async function startPath(
  name: string,
  expression: string,
  startEvaluator: StartEvaluator,
): Promise<PeerPath> {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-bench-'))
  const values = new Map<string, number>()
  const app = await startHttpSink({
    answer: () => ({
      headers: { 'Content-Type': 'text/plain; version=0.0.4' },
      body: [...values].map(([series, value]) => `${series} ${value}\n`).join(''),
    }),
  })
  const webhook = await startHttpSink()
  const alertmanager = await startAlertmanager({
    config: `route:
  receiver: default
  group_by: ['...']
  group_wait: 0s
  group_interval: 1s
receivers:
  - name: default
    webhook_configs: [{ url: '${webhook.url}' }]
`,
  })
  const rules = join(folder, 'rules.yml')
  writeFileSync(
    rules,
    `groups:
  - name: bench
    rules: [{ alert: Bench, expr: '${expression}', labels: { severity: critical } }]
`,
  )
  const evaluator = await startEvaluator({
    folder,
    app: `127.0.0.1:${app.port}`,
    alertmanager: `127.0.0.1:${alertmanager.port}`,
    rules,
  })
  return {
    name,
    webhook,
    set: (series, value) => void values.set(series, value),
    async stop() {
      await evaluator.stop()
      await Promise.all([alertmanager.stop(), app.stop(), webhook.stop()])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
