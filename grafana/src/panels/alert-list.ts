import { PanelBuilder } from '@grafana/grafana-foundation-sdk/dashboard'

/** The data source of the alert evaluator's API, by its name: the panel knows no variable in its place. */
export const ALERTS_SOURCE = 'Tocsin Alerts'

/** Grafana's own list of alerts, with those of the alert evaluator: their state, labels and annotations. */
export function alertList(title: string, description: string): PanelBuilder {
  // Grafana publishes no schema of this panel: these are the options that its editor writes.
  return new PanelBuilder()
    .type('alertlist')
    .title(title)
    .description(description)
    .options({
      viewMode: 'list',
      groupMode: 'default',
      groupBy: [],
      maxItems: 20,
      sortOrder: 3,
      dashboardAlerts: false,
      alertName: '',
      alertInstanceLabelFilter: '',
      datasource: ALERTS_SOURCE,
      stateFilter: { firing: true, pending: true, noData: true, normal: false, error: true },
    })
}
