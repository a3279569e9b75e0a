import type { Labels } from '@tocsin/contract'
import { matchesAll } from '../matchers/matcher.ts'
import type { Policy, Route, RouteNode } from './policy.ts'

/** The routes of what has these labels, as in Alertmanager: the deepest that match; the root catches what is left. */
export function routesOf({ root }: Policy, labels: Labels): readonly Route[] {
  return routesBelow(root, labels)
}

function routesBelow({ children, route }: RouteNode, labels: Labels): readonly Route[] {
  const found: Route[] = []
  for (const child of children) {
    if (!matchesAll(child.matchers, labels)) continue
    found.push(...routesBelow(child, labels))
    if (!child.continues) break
  }
  return found.length > 0 ? found : [route]
}

/** Asked for every notification, and the same for as long as the policy holds. */
const routesByPolicy = new WeakMap<Policy, readonly Route[]>()

/** All routes of a policy, the root first. */
export function everyRoute(policy: Policy): readonly Route[] {
  const known = routesByPolicy.get(policy)
  if (known) return known
  const below = (node: RouteNode): Route[] => [node.route, ...node.children.flatMap(below)]
  const routes = below(policy.root)
  routesByPolicy.set(policy, routes)
  return routes
}
