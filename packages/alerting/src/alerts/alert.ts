import type { Labels } from '@tocsin/contract'

/**
 * Where an alert stands. `inactive`: its condition went away while it was pending, or has not been met yet; it is
 * remembered as long as a replay could raise it again, or its data going away would.
 */
export type AlertPhase = 'pending' | 'firing' | 'resolved' | 'inactive'

/** What a flapping alert would be, were it not held: its own times and phase. */
export interface HeldBack {
  readonly phase: AlertPhase
  readonly activeAt: number
  readonly firedAt?: number | undefined
  readonly endedAt?: number | undefined
}

/** How often an alert began and ceased to fire of late. Times in milliseconds since the epoch. */
export interface Flapping {
  /** The latest changes within the window, at most as many as make it flap. */
  readonly changes: readonly number[]
  /** Since when it flaps. */
  readonly since?: number | undefined
  /** It is shown as firing, and is this. */
  readonly heldBack?: HeldBack | undefined
}

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
  /** The condition went away, and that of resolving is not met yet. */
  readonly unresolvedSince?: number | undefined
  /** Its data went away. */
  readonly noDataSince?: number | undefined
  /** It is raised when its data go away, also without having been active. */
  readonly watched?: boolean | undefined
  /** The labels of the result it comes from, hashed; set where its data are followed. */
  readonly origin?: string | undefined
  readonly flapping?: Flapping | undefined
  /** The last sequence of the METRICS stream that the evaluation which changed it had seen. */
  readonly sequence: number
}

/** What an evaluation says about one alert. */
export interface Observation {
  readonly fingerprint: string
  readonly labels: Labels
  readonly annotations: Labels
  readonly value: number
  readonly origin?: string | undefined
}

/** A change that must be durable; with `transition`, one that is told to others. */
export interface Change {
  readonly alert: Alert
  readonly transition: 'pending' | 'firing' | 'resolved' | undefined
  /** Told of an alert that goes on firing: it changes too often and is held, or no longer does. */
  readonly notice?: 'flapping' | 'calm' | undefined
}

export function isActive(alert: Alert): boolean {
  return alert.phase === 'pending' || alert.phase === 'firing'
}
