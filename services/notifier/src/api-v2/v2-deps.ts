import type { Bus, Clock, Readiness } from '@tocsin/runtime'
import type { Express } from 'express'
import type { Guard } from '../http/guard.ts'
import type { Policy } from '../policy/policy.ts'
import type { Silences } from '../silences/silences.ts'

/** What the routes of Alertmanager's API need. */
export interface V2Deps {
  readonly http: Express
  readonly bus: Bus
  readonly clock: Clock
  readonly readiness: Readiness
  /** The policy that holds now. */
  readonly policy: () => Policy
  readonly silences: Silences
  readonly instance: string
  readonly url: string
  readonly version: string
  readonly guard: Guard
}
