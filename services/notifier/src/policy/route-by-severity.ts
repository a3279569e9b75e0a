import type { Severity } from '@tocsin/contract'
import type { Policy, Route } from './policy.ts'

export type Routing =
  | { readonly action: 'route'; readonly reason: string; readonly route: Route }
  | { readonly action: 'drop'; readonly reason: 'no_route' | 'no_receiver' }

/** The route of an alert or message of this severity. A route without channels tells nobody. */
export function routeBySeverity(policy: Policy, severity: Severity): Routing {
  const route = policy.routes.find((candidate) => candidate.severities.includes(severity))
  if (!route) return { action: 'drop', reason: 'no_route' }
  if (route.channels.length === 0) return { action: 'drop', reason: 'no_receiver' }
  return { action: 'route', reason: route.name, route }
}
