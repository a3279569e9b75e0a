import { formatMatchers } from '../../matchers/format-matcher.ts'
import type { Matcher } from '../../matchers/matcher.ts'
import type { DigestOptions, RateLimit, Route, RouteNode } from '../policy.ts'
import type { StatedFallback } from './check-fallbacks.ts'
import { type RouteConfig, route as routeSchema } from './config-schema.ts'
import type { Faults } from './faults.ts'
import { readDigest } from './read-digest.ts'
import { readMatchers } from './read-matchers.ts'
import type { ReadReceiver } from './read-receivers.ts'
import type { Path } from './yaml-source.ts'

export interface RouteDeps {
  readonly receivers: ReadonlyMap<string, ReadReceiver>
  /** Whether a time interval has this name. */
  readonly hasInterval: (name: string) => boolean
  /** Takes note of what the routes say of fallbacks. */
  readonly fallbacks: StatedFallback[]
  readonly faults: Faults
}

/** What a route has from the one above it. */
type Inherited = Pick<Route, 'key' | 'receiver' | 'groupBy' | 'waitMs' | 'intervalMs' | 'repeatMs'> & {
  readonly fallback: RouteConfig['fallback']
}

/** As Alertmanager has them where nothing is said. */
const DEFAULTS: Inherited = {
  key: '',
  receiver: '',
  groupBy: [],
  waitMs: 30_000,
  intervalMs: 5 * 60_000,
  repeatMs: 4 * 3_600_000,
  fallback: undefined,
}

/** Reads `route`, the root of the tree; undefined where it is none, which is then among the faults. */
export function readRoutes(given: unknown, deps: RouteDeps): RouteNode | undefined {
  const { faults } = deps
  const path: Path = ['route']
  if (given === undefined || given === null) {
    faults.add(path, 'route is missing: it names at least a receiver')
    return undefined
  }
  const root = faults.parse(routeSchema, given, path)
  if (!root) return undefined
  if (root.receiver === undefined) faults.add(path, 'the root route has no receiver: name one')
  for (const field of [
    'match',
    'match_re',
    'matchers',
    'mute_time_intervals',
    'active_time_intervals',
    'continue',
  ] as const)
    if (isStated(root[field]))
      faults.add(
        [...path, field],
        `the root route takes everything, always: move ${field} to a route below it`,
        'key',
      )
  return readNode(root, DEFAULTS, [], path, deps)
}

function isStated(value: unknown): boolean {
  if (value === undefined || value === false) return false
  return typeof value !== 'object' || Object.keys(value as object).length > 0
}

function readNode(
  own: RouteConfig,
  above: Inherited,
  matchers: readonly Matcher[],
  path: Path,
  deps: RouteDeps,
): RouteNode {
  const route = readOwn(own, above, path, deps)
  const keys = new Map<string, number>()
  const children = (own.routes ?? []).flatMap((item, i) => {
    const at = [...path, 'routes', i]
    const child = deps.faults.parse(routeSchema, item, at)
    if (!child) return []
    const names = { equal: 'match', regex: 'match_re', texts: 'matchers' }
    const fields = { equal: child.match, regex: child.match_re, texts: child.matchers }
    const conditions = readMatchers(fields, names, at, deps.faults)
    const key = `${route.key}/${formatMatchers(conditions)}`
    const count = (keys.get(key) ?? 0) + 1
    keys.set(key, count)
    // Siblings may have the same matchers, when one continues; their groups are not the same.
    const inherited = {
      ...route,
      key: count === 1 ? key : `${key}#${count}`,
      fallback: own.fallback ?? above.fallback,
    }
    return readNode(child, inherited, conditions, at, deps)
  })
  return { route, matchers, continues: own.continue ?? false, children }
}

function readOwn(
  own: RouteConfig,
  above: Inherited,
  path: Path,
  { receivers, hasInterval, fallbacks, faults }: RouteDeps,
): Route {
  const name = own.receiver ?? above.receiver
  const receiver = receivers.get(name)
  if (own.receiver !== undefined && !receiver)
    faults.add(
      [...path, 'receiver'],
      `there is no receiver ${JSON.stringify(name)}: ${known('receivers', receivers.keys())}`,
    )
  for (const field of ['mute_time_intervals', 'active_time_intervals'] as const)
    for (const [i, interval] of (own[field] ?? []).entries())
      if (!hasInterval(interval))
        faults.add(
          [...path, field, i],
          `there is no time interval ${JSON.stringify(interval)}: add it to time_intervals`,
        )
  const fallback = own.fallback ?? receiver?.fallback ?? above.fallback
  if (own.fallback)
    fallbacks.push({ receiver: name, fallback: own.fallback.receiver, path: [...path, 'fallback'] })
  const inherits = fallback !== undefined && fallback.receiver !== name ? fallback : undefined
  return {
    key: above.key || '{}',
    name,
    receiver: name,
    groupBy: own.group_by ? readGroupBy(own.group_by, path, faults) : above.groupBy,
    waitMs: own.group_wait ?? above.waitMs,
    intervalMs: own.group_interval ?? above.intervalMs,
    repeatMs: own.repeat_interval ?? above.repeatMs,
    muteIntervals: own.mute_time_intervals ?? [],
    activeIntervals: own.active_time_intervals ?? [],
    digest: digestOf(own, receiver, name, path, faults),
    rateLimit: rateLimitOf(own.rate_limit ?? receiver?.rate_limit),
    fallback: inherits?.receiver,
    fallbackAfterMs: inherits?.after,
  }
}

function readGroupBy(names: readonly string[], path: Path, faults: Faults): Route['groupBy'] {
  const at = [...path, 'group_by']
  if (names.includes('...')) {
    if (names.length > 1) faults.add(at, "group_by: '...' stands for every label: remove the others")
    return 'each_alert'
  }
  for (const [i, name] of names.entries()) {
    if (name === '') faults.add([...at, i], 'group_by: expected the name of a label')
    if (names.indexOf(name) !== i)
      faults.add([...at, i], `group_by has ${JSON.stringify(name)} twice: remove one`)
  }
  return names
}

function digestOf(
  own: RouteConfig,
  receiver: ReadReceiver | undefined,
  name: string,
  path: Path,
  faults: Faults,
): DigestOptions | undefined {
  if (own.digest) return readDigest(own.digest, name, [...path, 'digest'], faults)
  return receiver?.digest && readDigest(receiver.digest, name, [...receiver.path, 'digest'], faults)
}

function rateLimitOf(given: RouteConfig['rate_limit']): RateLimit | undefined {
  if (!given) return undefined
  const { limit, per: perMs, concurrency, spacing } = given
  return {
    limit,
    perMs,
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(spacing === undefined ? {} : { spacingMs: spacing }),
  }
}

function known(what: string, names: Iterable<string>): string {
  const all = [...names]
  return all.length === 0 ? `there are no ${what}` : `there are ${all.join(', ')}`
}
