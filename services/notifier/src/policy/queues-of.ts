import type { Labels } from '@tocsin/contract'
import { DIGEST, type Policy, type Route } from './policy.ts'
import { routesOf } from './routes-of.ts'

/** A route by which somebody is told, and the queues of the outbox that lead to them. */
export interface Telling {
  readonly route: Route
  readonly queues: readonly string[]
}

/** The queues of the outbox that a route's notifications go to; none where its receiver has no way to be told. */
export function queuesOf({ receivers }: Policy, route: Route): readonly string[] {
  const channels = receivers.get(route.receiver)?.integrations.map(({ channel }) => channel) ?? []
  return channels.length > 0 && route.digest ? [DIGEST] : channels
}

/** Who is told of what has these labels; nobody where no receiver of theirs has a way to be told. */
export function tellingsOf(policy: Policy, labels: Labels): readonly Telling[] {
  return routesOf(policy, labels)
    .map((route) => ({ route, queues: queuesOf(policy, route) }))
    .filter(({ queues }) => queues.length > 0)
}
