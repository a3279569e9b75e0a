import type { Clock } from './clock.ts'
import type { Monitoring } from './create-monitoring.ts'
import type { SpanAwareRecorder, Uses } from './record/create-recorder.ts'
import type { SelfReport } from './report-self.ts'
import type { Tracking } from './series/tracking.ts'
import type { Session } from './session.ts'
import type { Warn } from './warn.ts'

/** What the modules for frameworks need of a monitoring, and its users do not. */
export interface MonitoringParts {
  readonly recorder: SpanAwareRecorder
  /** What the application records itself. */
  readonly uses: Uses
  readonly tracking: Tracking
  readonly self: SelfReport
  readonly clock: Clock
  readonly warn: Warn
  /** What runs between start and shutdown. */
  session(): Session | undefined
  /** Called before what was recorded is flushed, so that it is complete. */
  onFlush(collect: () => Promise<void>): void
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
