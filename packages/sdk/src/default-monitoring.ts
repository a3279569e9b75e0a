import { createMonitoring } from './create-monitoring.ts'
import type { MonitoringOptions } from './options.ts'

/** The application's monitoring, which all modules of this package share. */
export const monitoring = createMonitoring()

/**
 * Begins to publish this application's metrics, health and rules. Does not wait for NATS, and does not fail
 * because of it. What the options leave out comes from the environment.
 * @example await initializeMonitoring({ service: 'shop' })
 */
export async function initializeMonitoring(options: MonitoringOptions = {}): Promise<void> {
  await monitoring.start(options)
}

/** Publishes what is left, waits for notifications under way, and closes everything; in ms, twice `timeoutMs` (3000) at most. */
export async function shutdown(options: { readonly timeoutMs?: number } = {}): Promise<void> {
  await monitoring.shutdown(options)
}

/**
 * Stores what was recorded until now, within `timeoutMs` (3000); resolves with whether all of it is. Never rejects.
 * @example await flush() // at the end of a serverless invocation
 */
export async function flush(options: { readonly timeoutMs?: number } = {}): Promise<boolean> {
  return await monitoring.flush(options)
}

/** How monitoring itself is: connected or not, what was stored and what was refused. */
export const monitoringStatus = monitoring.status
