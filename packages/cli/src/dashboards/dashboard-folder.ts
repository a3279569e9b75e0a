import { resolve } from 'node:path'
import type { CliEnv } from '../env.ts'

/** The folder that is named, else that of GRAFANA_DASHBOARD_PATH, which is relative to the repository. */
export function dashboardFolder(
  named: string | undefined,
  { root, GRAFANA_DASHBOARD_PATH }: Pick<CliEnv, 'root' | 'GRAFANA_DASHBOARD_PATH'>,
): string {
  return named === undefined ? resolve(root, GRAFANA_DASHBOARD_PATH) : resolve(named)
}
