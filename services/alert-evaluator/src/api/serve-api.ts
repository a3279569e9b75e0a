import type { Express } from 'express'
import type { CustomRules } from '../rules/custom-rules.ts'
import type { DryRunReply, DryRunRequest } from '../rules/dry-run.ts'
import type { PresentedGroup } from './present-rules.ts'
import { serveCustomRules } from './serve-custom-rules.ts'
import { serveDryRun } from './serve-dry-run.ts'
import { type QueryApiDeps, serveQuery } from './serve-query.ts'
import { serveRules } from './serve-rules.ts'
import { serveRunbooks } from './serve-runbooks.ts'

export interface ApiDeps extends QueryApiDeps {
  readonly custom: CustomRules
  /** All groups of all replicas as they stand; undefined while this one is starting. */
  readonly groups: () => Promise<readonly PresentedGroup[] | undefined>
  /** What rules would do now; undefined while this replica is starting. @throws RuleError */
  readonly dryRun: (request: DryRunRequest) => DryRunReply | undefined
}

/** Prometheus' API of rules and alerts, our own of custom rules, and the pages that alerts link to. */
export function serveApi(app: Express, deps: ApiDeps): void {
  serveRules(app, deps)
  serveCustomRules(app, deps.custom)
  serveDryRun(app, deps)
  serveQuery(app, deps)
  serveRunbooks(app)
}
