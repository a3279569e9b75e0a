import {
  ConstantVariableBuilder,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard'
import type { DashboardOptions } from './options.ts'
import { source } from './panels/query.ts'

/** Which Prometheus is asked: the collector itself, or one that scrapes it. */
export const datasourceVariable = ({ datasource, datasourceUid }: DashboardOptions) =>
  new DatasourceVariableBuilder('datasource')
    .label('Data source')
    .description('The Prometheus that the panels ask')
    .type('prometheus')
    // The alert evaluator's data source has alerts and rules, and no series.
    .regex('/^(?!Tocsin Alerts$).*/')
    .current({ text: datasource, value: datasourceUid, selected: true })

/** Where the links of panels find runbooks. */
export const runbooksVariable = ({ runbooksUrl }: DashboardOptions) =>
  new ConstantVariableBuilder('runbooks').description('Where runbooks are read').value(runbooksUrl)

interface Choice {
  readonly name: string
  readonly label: string
  readonly description: string
  /** Whose label values are offered: `label` of `selector`. */
  readonly of: string
  readonly selector: string
}

/** Values of a label to choose from, all of them to begin with. Series that lack the label match "All" as well. */
export function choice({ name, label, description, of, selector }: Choice) {
  const query = `label_values(${selector}, ${of})`
  return new QueryVariableBuilder(name)
    .label(label)
    .description(description)
    .datasource(source)
    .definition(query)
    .query({ qryType: 1, query, refId: 'PrometheusVariableQueryEditor-VariableQuery' })
    .multi(true)
    .includeAll(true)
    .allValue('.*')
    .current({ text: 'All', value: '$__all', selected: true })
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
}

/** Which services of `metric` are shown. */
export const serviceChoice = (metric: string) =>
  choice({
    name: 'service',
    label: 'Service',
    description: 'The services that are shown',
    of: 'service',
    selector: metric,
  })

/** Which instances of the chosen services are shown. */
export const instanceChoice = (metric: string) =>
  choice({
    name: 'instance',
    label: 'Instance',
    description: 'The instances that are shown',
    of: 'instance',
    selector: `${metric}{service=~"$service"}`,
  })
