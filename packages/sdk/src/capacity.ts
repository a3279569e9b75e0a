import { monitoring } from './default-monitoring.ts'

export type { CapacityForecast } from '@tocsin/contract'

export const {
  /** How a resource will grow over some days (30 unless told). Rejects with a `MonitoringError` when nobody answers. */
  getCapacityForecast,
} = monitoring
