import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type HttpSink, startAlertmanager, startHttpSink, startPrometheus } from '@tocsin/testkit'

/** Prometheus and Alertmanager at their fastest: an application that is scraped, rules, a webhook's receiver. */
export interface PrometheusPath {
  readonly webhook: HttpSink
  /** Gives a series of the application a value. */
  set(series: string, value: number): void
  stop(): Promise<void>
}

/** Scrape and evaluation every second, no group wait: what configuration allows. */
export async function startPrometheusPath(expression: string): Promise<PrometheusPath> {
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
  const prometheus = await startPrometheus({
    config: `global: { scrape_interval: 1s, scrape_timeout: 900ms, evaluation_interval: 1s }
rule_files: ['${rules}']
alerting:
  alertmanagers: [{ static_configs: [{ targets: ['127.0.0.1:${alertmanager.port}'] }] }]
scrape_configs:
  - job_name: app
    static_configs: [{ targets: ['127.0.0.1:${app.port}'] }]
`,
  })
  return {
    webhook,
    set: (series, value) => void values.set(series, value),
    async stop() {
      await prometheus.stop()
      await Promise.all([alertmanager.stop(), app.stop(), webhook.stop()])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
