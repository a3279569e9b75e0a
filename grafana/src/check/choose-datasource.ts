import { type ReadDashboard, readDashboard } from './read-dashboard.ts'

interface Input {
  readonly name?: unknown
  readonly type?: unknown
  readonly pluginId?: unknown
}

/**
 * Makes a dashboard ask this Prometheus: its variable of data sources is set to it, and so is what a dashboard that was
 * exported for sharing leaves open. `uid` is left out where it is not known: Grafana finds a data source by its name, too.
 */
export function chooseDatasource(
  dashboard: ReadDashboard,
  { name, uid = name }: { readonly name: string; readonly uid?: string | undefined },
): ReadDashboard {
  const { __inputs: inputs, __requires: _, ...rest } = dashboard
  const open = (Array.isArray(inputs) ? (inputs as Input[]) : []).filter(isPrometheus)
  const filled = open.reduce(
    (text, input) => text.replaceAll(`\${${String(input.name)}}`, JSON.stringify(uid).slice(1, -1)),
    JSON.stringify(rest),
  )
  const chosen = readDashboard(filled)
  const list = chosen.templating.list.map((variable) =>
    variable.type === 'datasource' && variable.query === 'prometheus'
      ? { ...variable, current: { text: name, value: uid, selected: true } }
      : variable,
  )
  return { ...chosen, templating: { ...chosen.templating, list } }
}

const isPrometheus = ({ name, type, pluginId }: Input): boolean =>
  typeof name === 'string' && type === 'datasource' && pluginId === 'prometheus'
