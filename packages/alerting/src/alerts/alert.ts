import type { Labels } from '@tocsin/contract'

/**
 * Where an alert stands. `inactive`: its condition went away while it was pending; it is remembered as long as
 * a replay could raise it again.
 */
export type AlertPhase = 'pending' | 'firing' | 'resolved' | 'inactive'

/** One alert of one rule. Times in milliseconds since the epoch. */
export interface Alert {
  readonly fingerprint: string
  /** With `alertname`, without `__name__`. */
  readonly labels: Labels
  readonly annotations: Labels
  readonly phase: AlertPhase
  readonly value: number
  /** The condition was first true. */
  readonly activeAt: number
  readonly firedAt?: number | undefined
  /** It resolved, or ceased to be pending. */
  readonly endedAt?: number | undefined
  /** The condition went away, and `keep_firing_for` holds the alert. */
  readonly keepFiringSince?: number | undefined
  /** The last sequence of the METRICS stream that the evaluation which changed it had seen. */
  readonly sequence: number
}

/** What an evaluation says about one alert. */
export interface Observation {
  readonly fingerprint: string
  readonly labels: Labels
  readonly annotations: Labels
  readonly value: number
}

/** A change that must be durable; with `transition`, one that is told to others. */
export interface Change {
  readonly alert: Alert
  readonly transition: 'pending' | 'firing' | 'resolved' | undefined
}

export function isActive(alert: Alert): boolean {
  return alert.phase === 'pending' || alert.phase === 'firing'
}
