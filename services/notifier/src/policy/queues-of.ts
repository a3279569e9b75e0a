import type { Labels } from '@tocsin/contract'
import type { Way } from '../grouping/told-classes.ts'
import { DIGEST, type Policy, type Route } from './policy.ts'
import { routesOf } from './routes-of.ts'

/** A route by which somebody is told, and the queues of the outbox that lead to them. */
export interface Telling {
  readonly route: Route
  readonly queues: readonly string[]
}

/** The ways that a route's notifications go; none where its receiver cannot be told. */
export function waysOf({ receivers }: Policy, route: Route): readonly Way[] {
  const integrations = receivers.get(route.receiver)?.integrations ?? []
  if (integrations.length === 0 || !route.digest) return integrations
  return [{ channel: DIGEST, sendResolved: integrations.some(({ sendResolved }) => sendResolved) }]
}

/** The queues of the outbox that a route's notifications go to. */
export function queuesOf(policy: Policy, route: Route): readonly string[] {
  return waysOf(policy, route).map(({ channel }) => channel)
}

/** Who is told of what has these labels; nobody where no receiver of theirs has a way to be told. */
export function tellingsOf(policy: Policy, labels: Labels): readonly Telling[] {
  return routesOf(policy, labels)
    .map((route) => ({ route, queues: queuesOf(policy, route) }))
    .filter(({ queues }) => queues.length > 0)
}
