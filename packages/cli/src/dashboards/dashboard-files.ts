import { readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { DashboardError, type ReadDashboard, readDashboard } from '@tocsin/grafana'
import { CliError, messageOf } from '../errors.ts'
import { readSource } from '../rules/find-rule-files.ts'

/** A file of a dashboard: what is in it, or why it is none. */
export interface DashboardFile {
  readonly name: string
  readonly dashboard?: ReadDashboard
  readonly fault?: string
}

/** The dashboards of a folder, its `*.json`. @throws {CliError} `bad-usage` for a folder without any */
export function readDashboardFiles(folder: string): readonly DashboardFile[] {
  const names = listFolder(folder).filter((name) => name.endsWith('.json'))
  if (names.length === 0)
    throw new CliError(
      'bad-usage',
      `${folder} holds no dashboards: \`tocsin dashboards export\` writes them there`,
    )
  return names.sort().map((file) => {
    const path = join(folder, file)
    const name = relative('.', path)
    try {
      return { name, dashboard: readDashboard(readSource(path)) }
    } catch (error) {
      if (error instanceof DashboardError) return { name, fault: error.message }
      throw error
    }
  })
}

function listFolder(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch (cause) {
    throw new CliError(
      'bad-usage',
      `${folder} cannot be read: ${messageOf(cause)}. GRAFANA_DASHBOARD_PATH names it`,
      {
        cause,
      },
    )
  }
}
