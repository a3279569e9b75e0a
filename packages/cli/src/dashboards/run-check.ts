import { checkLayout, checkQueries, planRequests, type ReadDashboard, SCRAPE_SECONDS } from '@tocsin/grafana'
import type { CliEnv } from '../env.ts'
import type { Terminal } from '../output/terminal.ts'
import { askBackend, type Backend } from '../query/ask-backend.ts'
import { type BackendEnv, chooseBackend } from '../query/choose-backend.ts'
import { readDashboardFiles } from './dashboard-files.ts'
import { dashboardFolder } from './dashboard-folder.ts'

/** The flags of `tocsin dashboards check`. */
export interface CheckFlags {
  readonly data?: boolean
  readonly url?: string
}

type CheckEnv = BackendEnv & Pick<CliEnv, 'root' | 'GRAFANA_DASHBOARD_PATH'>

const REFUSED = 1
const POINTS = 100
const SHOWN_MS = 900_000

/**
 * Checks dashboards, and with `--data` asks every query: the answer is the exit code, 1 when one is at fault. What finds
 * no data is remarked upon: an application need not have everything. @throws {CliError}
 */
export async function runCheck(
  folder: string | undefined,
  flags: CheckFlags,
  env: CheckEnv,
  nowMs: number,
  output: Terminal,
): Promise<number> {
  const { colors } = output
  const asked = flags.data || flags.url !== undefined ? chooseBackend(flags.url, env) : undefined
  let refused = false
  for (const { name, dashboard, fault } of readDashboardFiles(dashboardFolder(folder, env))) {
    const { faults, strangers } = dashboard ? findFaults(dashboard) : { faults: [fault ?? ''], strangers: [] }
    const found = dashboard && asked ? await askAll(asked, dashboard, nowMs) : { failed: [], empty: [] }
    const all = [...faults, ...found.failed]
    refused ||= all.length > 0
    if (all.length === 0) output.print(`${colors.green('✓')} ${name}: ${dashboard?.title}`)
    for (const line of all) output.remark(`${colors.red('✗')} ${name}: ${line}`)
    for (const line of [...strangers, ...found.empty]) output.remark(`${colors.yellow('!')} ${name}: ${line}`)
  }
  return refused ? REFUSED : 0
}

function findFaults(dashboard: ReadDashboard): { faults: readonly string[]; strangers: readonly string[] } {
  const { faults, strangers } = checkQueries(dashboard)
  return { faults: [...checkLayout(dashboard), ...faults], strangers }
}

async function askAll(
  backend: Backend,
  dashboard: ReadDashboard,
  nowMs: number,
): Promise<{ failed: readonly string[]; empty: readonly string[] }> {
  const failed: string[] = []
  const empty: string[] = []
  const shown = { fromMs: nowMs - SHOWN_MS, toMs: nowMs, scrapeMs: SCRAPE_SECONDS * 1000, points: POINTS }
  for (const { query, verb, form } of planRequests(dashboard, shown)) {
    const { answer } = await askBackend(backend, verb, form)
    const place = query.refId === '' ? query.where : `${query.where}, ${query.refId}`
    if (answer.status === 'error') failed.push(`${place}: ${answer.error}`)
    else if (query.kind !== 'annotation' && answer.data.result.length === 0)
      empty.push(`${place}: no data within 15 minutes: ${form.query}`)
  }
  return { failed, empty }
}
