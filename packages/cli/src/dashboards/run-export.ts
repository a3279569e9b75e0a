import { mkdirSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { dashboardFiles, defaultOptions } from '@tocsin/grafana'
import type { CliEnv } from '../env.ts'
import { CliError, messageOf } from '../errors.ts'
import type { Terminal } from '../output/terminal.ts'
import { dashboardFolder } from './dashboard-folder.ts'

/** The flags of `tocsin dashboards export`. */
export interface ExportFlags {
  readonly runbooks?: string
}

type ExportEnv = Pick<CliEnv, 'GRAFANA_DASHBOARD_PATH' | 'GRAFANA_DATASOURCE' | 'root'>

/** Writes the dashboards, made for the data source of the environment. @throws {CliError} `bad-usage` */
export function runExport(
  folder: string | undefined,
  flags: ExportFlags,
  env: ExportEnv,
  output: Terminal,
): void {
  const into = dashboardFolder(folder, env)
  const name = env.GRAFANA_DATASOURCE
  const files = dashboardFiles({
    datasource: name,
    // Another data source's uid is not known here; Grafana finds it by its name as well.
    datasourceUid: name === defaultOptions.datasource ? defaultOptions.datasourceUid : name,
    runbooksUrl: (flags.runbooks ?? defaultOptions.runbooksUrl).replace(/\/+$/, ''),
  })
  try {
    mkdirSync(into, { recursive: true })
    for (const { path, text } of files) writeFileSync(join(into, path), text)
  } catch (cause) {
    throw new CliError('bad-usage', `${into} cannot be written: ${messageOf(cause)}`, { cause })
  }
  output.print(`${files.length} dashboards for the data source ${name} are in ${relative('.', into) || '.'}`)
}
