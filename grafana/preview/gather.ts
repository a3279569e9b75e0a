import { setTimeout as delay } from 'node:timers/promises'
import { waitFor } from '@tocsin/testkit'
import { type ReadDashboard, readDashboard } from '../src/check/read-dashboard.ts'
import { dashboardFiles } from '../src/generated-files.ts'
import { defaultOptions } from '../src/options.ts'
import { type Answered, askDashboard } from '../test/world/ask-dashboard.ts'
import { startWorld } from '../test/world/start-world.ts'
import type { ActiveRule } from './view/alert-list.ts'

/** Dashboards with the answers to their queries, over one time. */
export interface Shot {
  readonly fromMs: number
  readonly toMs: number
  readonly dashboards: readonly ShotDashboard[]
  /** Rules of the alert evaluator that are pending or fire. */
  readonly rules: readonly ActiveRule[]
}

export interface ShotDashboard {
  /** The name of its file, without `.json`. */
  readonly name: string
  readonly dashboard: ReadDashboard
  readonly answers: readonly Answered[]
}

/** Smooth enough to look at: the windows of rates are four times that. */
const SCRAPE_MS = 5000
const MINUTE_MS = 60_000

/** Runs Tocsin under load for so many minutes, broken in the middle, and asks what the dashboards ask. */
export async function gather(minutes: number, say: (line: string) => void): Promise<Shot> {
  say(`starting Tocsin, the shop and Prometheus; ${minutes} minutes of load follow`)
  const world = await startWorld()
  try {
    const half = (minutes * MINUTE_MS) / 2
    await delay(half)
    say('the shop breaks')
    await world.breakAndHeal()
    say('it is healed, and its alert is resolved')
    await delay(Math.max(0, world.since + 2 * half - Date.now()))
    await waitFor(() => hasAnswers(world.prometheus.url), { timeoutMs: MINUTE_MS })
    const [fromMs, toMs] = [world.since + MINUTE_MS / 2, Date.now()]
    const dashboards: ShotDashboard[] = []
    for (const { path, text } of dashboardFiles(defaultOptions)) {
      const dashboard = readDashboard(text)
      const answers = await askDashboard(world.prometheus.url, dashboard, {
        fromMs,
        toMs,
        scrapeMs: SCRAPE_MS,
      })
      dashboards.push({ name: path.replace(/\.json$/, ''), dashboard, answers })
    }
    return { fromMs, toMs, dashboards, rules: await activeRules(world.evaluator.url) }
  } finally {
    await world.stop()
  }
}

interface RulesAnswer {
  readonly data: { readonly groups: readonly { readonly rules: readonly RuleAnswer[] }[] }
}
interface RuleAnswer {
  readonly name: string
  readonly state: string
  readonly labels: Readonly<Record<string, string>>
  readonly alerts: readonly unknown[]
}

/** As Grafana asks for its list of alert rules. */
async function activeRules(evaluatorUrl: string): Promise<ActiveRule[]> {
  const response = await fetch(`${evaluatorUrl}/api/v1/rules?type=alert`)
  const { data } = (await response.json()) as RulesAnswer
  return data.groups
    .flatMap(({ rules }) => rules)
    .filter(({ state }) => state === 'firing' || state === 'pending')
    .map(({ name, state, labels, alerts }) => ({
      name,
      state,
      severity: labels['severity'] ?? '',
      alerts: alerts.length,
    }))
}

/** A scrape that failed ends every series until the next one: that is not the moment for a picture. */
async function hasAnswers(prometheusUrl: string): Promise<boolean> {
  const response = await fetch(`${prometheusUrl}/api/v1/query?query=tocsin_slo_target_ratio`)
  const { data } = (await response.json()) as { readonly data: { readonly result: readonly unknown[] } }
  return data.result.length > 0
}
