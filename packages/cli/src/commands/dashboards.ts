import type { Command } from 'commander'
import type { CliCommand } from '../command.ts'
import type { CheckFlags } from '../dashboards/run-check.ts'
import type { ExportFlags } from '../dashboards/run-export.ts'
import { readEnv } from '../env.ts'
import { terminal } from '../output/terminal.ts'

const FOLDER = 'default: GRAFANA_DASHBOARD_PATH, ./grafana/dashboards'

/** `tocsin dashboards …`. What each does is loaded when it is asked for: PromQL and Grafana's SDK are slow to load. */
export const dashboardsCommand: CliCommand = {
  register(program, exitWith) {
    const dashboards = program
      .command('dashboards')
      .description("write, check and import Grafana's dashboards")
    registerExport(dashboards)
    registerCheck(dashboards, exitWith)
    registerImport(dashboards, exitWith)
  },
}

function registerExport(dashboards: Command): void {
  dashboards
    .command('export')
    .description('write the dashboards as JSON, for the data source that GRAFANA_DATASOURCE names')
    .argument('[folder]', `where to (${FOLDER})`)
    .option('--runbooks <url>', 'where runbooks are read (default: the alert evaluator here)')
    .action(async (folder: string | undefined, flags: ExportFlags) => {
      const { runExport } = await import('../dashboards/run-export.ts')
      runExport(folder, flags, readEnv(), terminal())
    })
}

function registerCheck(dashboards: Command, exitWith: (code: number) => void): void {
  dashboards
    .command('check')
    .description('check dashboards, and whether their panels have data: exit code 1 when one is at fault')
    .argument('[folder]', `whose *.json (${FOLDER})`)
    .option('--data', 'ask every query as well')
    .option('--url <url>', 'whom to ask (default: PROMETHEUS_URL, else the collector here); means --data')
    .action(async (folder: string | undefined, flags: CheckFlags) => {
      const { runCheck } = await import('../dashboards/run-check.ts')
      exitWith(await runCheck(folder, flags, readEnv(), Date.now(), terminal()))
    })
}

function registerImport(dashboards: Command, exitWith: (code: number) => void): void {
  dashboards
    .command('import')
    .description('put dashboards into the Grafana of GRAFANA_URL, with GRAFANA_TOKEN, into the folder Tocsin')
    .argument('[folder]', `whose *.json (${FOLDER})`)
    .action(async (folder: string | undefined) => {
      const { runImport } = await import('../dashboards/run-import.ts')
      exitWith(await runImport(folder, readEnv(), terminal()))
    })
}
