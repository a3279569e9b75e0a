import { panelsOf, type ReadDashboard, type ReadVariable } from './read-dashboard.ts'

/** One PromQL query of a dashboard, with its variables as they stand in it. */
export interface DashboardQuery {
  /** Which panel, annotation or variable it belongs to, for people. */
  readonly where: string
  readonly panelId: number | undefined
  readonly refId: string
  readonly expr: string
  readonly kind: 'range' | 'instant' | 'annotation' | 'variable'
}

/** Every query of a dashboard that a Prometheus is asked. Those of other data sources are left alone. */
export function queriesOf(dashboard: ReadDashboard): DashboardQuery[] {
  return [...panelQueries(dashboard), ...annotationQueries(dashboard), ...variableQueries(dashboard)]
}

function panelQueries(dashboard: ReadDashboard): DashboardQuery[] {
  return panelsOf(dashboard).flatMap(({ id, title, type, datasource, targets = [] }) =>
    targets.flatMap(({ refId = '', expr, instant, hide, datasource: own }) => {
      if (expr === undefined || expr === '' || hide === true || !isPrometheus(own ?? datasource)) return []
      const kind = instant === true ? ('instant' as const) : ('range' as const)
      return [{ where: title ?? `${type} without a title`, panelId: id, refId, expr, kind }]
    }),
  )
}

function annotationQueries({ annotations }: ReadDashboard): DashboardQuery[] {
  return annotations.list.flatMap(({ name = '', expr, target, datasource }) => {
    const asked = expr ?? target?.expr
    if (asked === undefined || asked === '' || !isPrometheus(datasource)) return []
    return [
      {
        where: `annotation ${name}`,
        panelId: undefined,
        refId: '',
        expr: asked,
        kind: 'annotation' as const,
      },
    ]
  })
}

function variableQueries({ templating }: ReadDashboard): DashboardQuery[] {
  return templating.list.flatMap((variable) => {
    const expr = selectorOf(variable)
    if (expr === undefined) return []
    return [
      {
        where: `variable ${variable.name}`,
        panelId: undefined,
        refId: '',
        expr,
        kind: 'variable' as const,
      },
    ]
  })
}

const LABEL_VALUES = /^\s*label_values\((.+),\s*[\w.]+\s*\)\s*$/
const QUERY_RESULT = /^\s*query_result\((.+)\)\s*$/

/** The PromQL in the query of a variable: `label_values(<selector>, label)`, `query_result(<expr>)`. */
function selectorOf({ type, definition, query }: ReadVariable): string | undefined {
  if (type !== 'query') return undefined
  const asked =
    typeof query === 'string' ? query : ((query as { query?: string } | undefined)?.query ?? definition)
  const [, expr] = LABEL_VALUES.exec(asked ?? '') ?? QUERY_RESULT.exec(asked ?? '') ?? []
  return expr
}

type Source = ReturnType<typeof panelsOf>[number]['datasource']

/** A data source whose type is not said is the default one, which is taken for a Prometheus. */
function isPrometheus(source: Source): boolean {
  if (source === undefined || source === null || typeof source === 'string') return true
  return source.type === undefined || source.type === 'prometheus'
}
