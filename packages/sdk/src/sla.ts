import { monitoring } from './default-monitoring.ts'

export type { SlaPeriod, SlaReport } from '@tocsin/contract'

export const {
  /** How the objectives stand over a period. Percentages; rejects with a `MonitoringError` when nobody answers. */
  getSLAReport,
} = monitoring
