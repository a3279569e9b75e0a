/** The uid of the folder that dashboards are put into. */
export const FOLDER_UID = 'tocsin'
/** What that folder is called. */
export const FOLDER_TITLE = 'Tocsin'

/** Grafana's provisioning file of dashboards: they are read from a folder, and again when it changes. */
export function dashboardProvider(): object {
  return {
    apiVersion: 1,
    providers: [
      {
        name: 'tocsin',
        type: 'file',
        folder: FOLDER_TITLE,
        folderUid: FOLDER_UID,
        allowUiUpdates: false,
        updateIntervalSeconds: 30,
        options: { path: '$GRAFANA_DASHBOARD_PATH' },
      },
    ],
  }
}
