import { formatDuration } from '@tocsin/promql'
import { stringify } from 'yaml'
import { formatMatchers } from '../matchers/format-matcher.ts'
import type { Policy, RouteNode } from './policy.ts'

/** Alertmanager takes no interval of nothing. */
const LEAST_INTERVAL_MS = 1
/** Alertmanager knows no never. */
const NEVER_MS = 10 * 365 * 86_400_000

/** A policy that no file states, as Alertmanager would have it written. */
export function writeOriginal({
  root,
  receivers,
  resolveTimeoutMs,
}: Pick<Policy, 'root' | 'receivers' | 'resolveTimeoutMs'>): string {
  return stringify({
    global: { resolve_timeout: formatDuration(resolveTimeoutMs) },
    route: routeOf(root),
    receivers: [...receivers.keys()].map((name) => ({ name })),
  })
}

function routeOf({ route, matchers, continues, children }: RouteNode): object {
  return {
    receiver: route.receiver,
    group_by: route.groupBy === 'each_alert' ? ['...'] : [...route.groupBy],
    ...(matchers.length > 0 ? { matchers: [formatMatchers(matchers)] } : {}),
    ...(continues ? { continue: true } : {}),
    group_wait: formatDuration(route.waitMs),
    group_interval: formatDuration(Math.max(LEAST_INTERVAL_MS, route.intervalMs)),
    repeat_interval: formatDuration(route.repeatMs ?? NEVER_MS),
    ...(children.length > 0 ? { routes: children.map(routeOf) } : {}),
  }
}
