import type { Express } from 'express'
import type { Session } from '../evaluation/session.ts'
import type { CustomRules } from '../rules/custom-rules.ts'
import { serveCustomRules } from './serve-custom-rules.ts'
import { serveRules } from './serve-rules.ts'

export interface ApiDeps {
  readonly custom: CustomRules
  /** The evaluation, while it runs in this replica. */
  readonly session: () => Session | undefined
}

/** Prometheus' API of rules and alerts, and our own of custom rules. */
export function serveApi(app: Express, deps: ApiDeps): void {
  serveRules(app, deps)
  serveCustomRules(app, deps.custom)
}
