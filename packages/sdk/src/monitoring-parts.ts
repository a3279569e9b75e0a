import type { Monitoring } from './create-monitoring.ts'
import type { RecordRequest } from './record/create-recorder.ts'
import type { Tracing } from './series/active-trace.ts'

/** What the modules for frameworks need of a monitoring, and its users do not. */
export interface MonitoringParts {
  readonly recordHttpRequest: RecordRequest
  readonly tracing: Tracing
}

const known = new WeakMap<Monitoring, MonitoringParts>()

/** Gives a monitoring its parts, once, where it is made. */
export function setParts(monitoring: Monitoring, parts: MonitoringParts): void {
  known.set(monitoring, parts)
}

/** The parts of a monitoring that `createMonitoring()` made. */
export function partsOf(monitoring: Monitoring): MonitoringParts {
  const parts = known.get(monitoring)
  if (parts === undefined) throw new TypeError('not a monitoring that createMonitoring() made')
  return parts
}
