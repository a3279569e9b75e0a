import { monitoring } from './default-monitoring.ts'

export type { Severity } from '@tocsin/contract'
export type { Metadata } from './requests/notify.ts'

export const {
  /**
   * Sends a message to whoever the notifier's policy names. Resolves once NATS has stored it; rejects with a
   * `MonitoringError` (unavailable after 10 s, invalid_argument, not_initialized).
   */
  notify,
} = monitoring
