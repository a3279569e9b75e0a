import { chooseDatasource, FOLDER_TITLE, FOLDER_UID, type ReadDashboard } from '@tocsin/grafana'
import type { CliEnv } from '../env.ts'
import { CliError } from '../errors.ts'
import type { Terminal } from '../output/terminal.ts'
import { callGrafana, chooseGrafana, type Grafana } from './call-grafana.ts'
import { readDashboardFiles } from './dashboard-files.ts'
import { dashboardFolder } from './dashboard-folder.ts'
import { findDatasource } from './find-datasource.ts'

type ImportEnv = Pick<
  CliEnv,
  | 'root'
  | 'GRAFANA_ENABLED'
  | 'GRAFANA_DASHBOARD_PATH'
  | 'GRAFANA_DATASOURCE'
  | 'GRAFANA_URL'
  | 'GRAFANA_TOKEN'
>

const FAILED = 1
/** Grafana answers one of these where the folder is there already. */
const THERE_ALREADY = [409, 412]

/**
 * Puts every dashboard of the folder into Grafana, over those of the same uid. The answer is the exit code: 1 when one
 * was not taken; the others are. @throws {CliError}
 */
export async function runImport(
  folder: string | undefined,
  env: ImportEnv,
  output: Terminal,
): Promise<number> {
  if (!env.GRAFANA_ENABLED) {
    output.print('Grafana is switched off (GRAFANA_ENABLED=false): nothing was imported')
    return 0
  }
  const files = readDashboardFiles(dashboardFolder(folder, env))
  const grafana = chooseGrafana(env)
  const name = env.GRAFANA_DATASOURCE
  const uid = await findDatasource(grafana, name)
  if (uid === undefined)
    output.remark(`the login may not read data sources: the dashboards look for ${name} by its name`)
  await makeFolder(grafana)
  const { colors } = output
  let failed = false
  for (const { name: file, dashboard, fault } of files) {
    const wrong = dashboard ? await save(grafana, chooseDatasource(dashboard, { name, uid })) : fault
    failed ||= wrong !== undefined
    if (wrong === undefined)
      output.print(`${colors.green('✓')} ${dashboard?.title}: ${grafana.url}/d/${dashboard?.uid ?? ''}`)
    else output.remark(`${colors.red('✗')} ${file}: ${wrong}`)
  }
  return failed ? FAILED : 0
}

async function makeFolder(grafana: Grafana): Promise<void> {
  const { status, message } = await callGrafana(grafana, 'POST', '/api/folders', {
    uid: FOLDER_UID,
    title: FOLDER_TITLE,
  })
  if (status === 200 || THERE_ALREADY.includes(status)) return
  const advice = status === 403 ? ': the service account needs the role Editor' : ''
  throw new CliError('no-answer', `${grafana.url} makes no folder ${FOLDER_TITLE}: ${message}${advice}`)
}

/** Undefined when it was taken; else why not. */
async function save(grafana: Grafana, dashboard: ReadDashboard): Promise<string | undefined> {
  if (!dashboard.uid) return 'it has no uid, so every import would make another one: give it one'
  const { status, message } = await callGrafana(grafana, 'POST', '/api/dashboards/db', {
    // A number of another Grafana's would be looked for in vain.
    dashboard: { ...dashboard, id: null },
    folderUid: FOLDER_UID,
    overwrite: true,
    message: 'tocsin dashboards import',
  })
  if (status === 200) return undefined
  return /provisioned/i.test(message)
    ? `${message}: Grafana reads it from files already, and there is nothing to import`
    : message
}
