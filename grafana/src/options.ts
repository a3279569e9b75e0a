/** What differs from one Grafana to another. */
export interface DashboardOptions {
  /** The name of the Prometheus data source, as Grafana lists it. */
  readonly datasource: string
  /** Its uid, which Grafana looks it up by; that of the provisioned one unless given. */
  readonly datasourceUid: string
  /** Where runbooks are read, without a slash at its end. */
  readonly runbooksUrl: string
}

/** As the provisioning files have it, and a local run. */
export const defaultOptions: DashboardOptions = {
  datasource: 'Prometheus',
  datasourceUid: 'prometheus',
  runbooksUrl: 'http://localhost:3003/runbooks',
}
