import type { DashboardOptions } from '../options.ts'
import { ALERTS_SOURCE } from '../panels/alert-list.ts'

/** How often a series has a sample at least, as Grafana takes it for its windows. Services publish of themselves so often. */
export const SCRAPE_SECONDS = 15
/** The uid by which Grafana knows the alert evaluator's data source. */
const ALERTS_UID = 'tocsin-alerts'
/** Whose silences and groups Grafana shows. */
const ALERTMANAGER = { name: 'Alertmanager', uid: 'alertmanager' }

/**
 * Grafana's provisioning file of data sources, as plain JSON. Grafana fills in `$NAME` and `${NAME}` from its own
 * environment.
 */
export function dataSources({ datasource, datasourceUid }: DashboardOptions): object {
  return {
    apiVersion: 1,
    datasources: [
      {
        name: datasource,
        uid: datasourceUid,
        type: 'prometheus',
        access: 'proxy',
        url: '$PROMETHEUS_URL',
        isDefault: true,
        jsonData: {
          httpMethod: 'POST',
          timeInterval: `${SCRAPE_SECONDS}s`,
          // Rules are those of the alert evaluator: the collector has none, and a Prometheus the same once more.
          manageAlerts: false,
          exemplarTraceIdDestinations: [
            // Twice the dollar: Grafana is to leave it to the link.
            { name: 'trace_id', url: '$TRACES_URL/$${__value.raw}', urlDisplayLabel: 'Trace' },
          ],
        },
      },
      {
        name: ALERTS_SOURCE,
        uid: ALERTS_UID,
        type: 'prometheus',
        access: 'proxy',
        url: '$ALERT_EVALUATOR_URL',
        jsonData: { httpMethod: 'GET', manageAlerts: true, alertmanagerUid: ALERTMANAGER.uid },
      },
      {
        ...ALERTMANAGER,
        type: 'alertmanager',
        access: 'proxy',
        url: '$ALERT_MANAGER_URL',
        jsonData: { implementation: 'prometheus', handleGrafanaManagedAlerts: false },
      },
    ],
  }
}
