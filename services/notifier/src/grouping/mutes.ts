import type { Labels, WebhookAlert } from '@tocsin/contract'
import type { Route } from '../policy/policy.ts'

/** Why an alert is left out when its group is told. */
export interface MutedBy {
  readonly by: 'silence' | 'inhibition' | 'mute_interval' | 'outside_active_interval'
  /** The silences, the fingerprints of the inhibiting alerts, or the names of the intervals. */
  readonly ids: readonly string[]
}

/** What keeps alerts from being told for now. */
export interface Mutes {
  mutedBy(labels: Labels, fingerprint: string, route: Route, nowMs: number): MutedBy | undefined
  /** Whether somebody takes care of it: then it is not told again and again. */
  acknowledged(alert: Pick<WebhookAlert, 'fingerprint' | 'startsAt'>, nowMs: number): boolean
  /** Calls when something other than time may have ended a mute; answers how to stop that. */
  onChange(listener: () => void): () => void
}
