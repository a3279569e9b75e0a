import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { startHttpSink, startPrometheus, waitFor } from '@tocsin/testkit'
import { startSystem } from '../../start-system.ts'
import { readStates, type States } from './read-states.ts'
import { createScript, RULES, STEP_MS, type Step } from './script.ts'

/** The states that the same rules over the same series went through in both. */
export interface AlertRun {
  readonly prometheus: States
  readonly tocsin: States
}

const SECOND_MS = 1000

/** Lives through a script with a real Prometheus, at intervals of a second, and Tocsin side by side. */
export async function runAlerts(seed: number, steps: number): Promise<AlertRun> {
  let page = ''
  const target = await startHttpSink({
    answer: () => ({ headers: { 'Content-Type': 'text/plain; version=0.0.4' }, body: page }),
  })
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-alert-states-'))
  writeFileSync(join(folder, 'rules.yml'), RULES)
  const prometheus = await startPrometheus({ config: configOf(folder, target.port) })
  const system = await startSystem({
    rules: RULES,
    env: { EVALUATION_INTERVAL: '1s', EMAIL_NOTIFICATIONS_ENABLED: 'false', SLACK_WEBHOOK_URL: '' },
  })

  /** A Prometheus on a busy machine takes its time until it has scraped and evaluated. */
  async function untilKnown(step: Step): Promise<void> {
    const levels = Object.keys(step).length
    const urls = [prometheus.url, system.collector.url]
    await waitFor(
      async () => {
        await system.publishMetric(batchOf(step, {}))
        const known = await Promise.all(urls.map((url) => countOf(url, 'level')))
        return known.every((count) => count === levels)
      },
      { what: 'both to know the series', timeoutMs: 30_000 },
    )
  }

  try {
    // From the end of the first step on: both have evaluated over it by then.
    let startS = 0
    let before: Step = {}
    for (const step of createScript(seed, steps)) {
      page = expositionOf(step)
      if (startS === 0) await untilKnown(step)
      const begun = Date.now()
      // As often as Prometheus scrapes: both have as many samples.
      for (let ms = 0; ms < STEP_MS; ms += SECOND_MS) {
        target.clear()
        await system.publishMetric(batchOf(step, ms === 0 ? before : {}))
        await delay(Math.max(0, begun + ms + SECOND_MS - Date.now()))
      }
      before = step
      startS ||= Math.floor(Date.now() / SECOND_MS)
    }
    const endS = Math.floor(Date.now() / SECOND_MS)
    const [theirs, ours] = await Promise.all([
      readStates(prometheus.url, startS, endS),
      readStates(system.collector.url, startS, endS),
    ])
    return { prometheus: theirs, tocsin: ours }
  } finally {
    await system.stop()
    await prometheus.stop()
    await target.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function countOf(url: string, selector: string): Promise<number> {
  const response = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(`count(${selector})`)}`)
  const { data } = (await response.json()) as { data?: { result: { value: [number, string] }[] } }
  return Number(data?.result[0]?.value[1])
}

function configOf(folder: string, port: number): string {
  return `global: { scrape_interval: 1s, evaluation_interval: 1s }
rule_files: ['${folder}/rules.yml']
scrape_configs:
  - job_name: script
    static_configs: [{ targets: ['127.0.0.1:${port}'] }]
    metric_relabel_configs: [{ action: labeldrop, regex: 'job|instance' }]
`
}

function expositionOf(step: Step): string {
  const lines = Object.entries(step).map(([n, level]) => `level{n="${n}"} ${level}\n`)
  return `# TYPE level gauge\n${lines.join('')}`
}

let batches = 0

/** A batch of the levels now, and of the ends of those that were there before. */
function batchOf(step: Step, before: Step): object {
  const ended = Object.keys(before).filter((n) => !(n in step))
  const series = [...Object.keys(step), ...ended]
  return {
    v: 1,
    id: `script-${process.pid}-${++batches}`,
    time: new Date().toISOString(),
    source: 'script',
    metrics: [{ name: 'level', type: 'gauge' }],
    series: series.map((n) => [0, { n }]),
    samples: series.map((n, i) => [i, step[n] ?? 'stale']),
  }
}
