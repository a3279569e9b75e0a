import { type Severity, severityWords } from '@tocsin/contract'
import { createMatcher, type Matcher } from '../matchers/matcher.ts'
import type { Integration, Policy, RateLimit, Route, RouteNode } from './policy.ts'
import { writeOriginal } from './write-original.ts'

export interface PolicySettings {
  readonly integrations: readonly Integration[]
  readonly groupWaitMs: number
  readonly groupIntervalMs: number
  readonly repeatIntervalMs: number
  readonly digestIntervalMs: number
  readonly rateLimit?: RateLimit | undefined
}

const RECEIVER = 'default'
/** As Alertmanager has it where nothing is said. */
const RESOLVE_TIMEOUT_MS = 5 * 60_000

/** The policy that holds without a configuration file: one receiver, made of every channel that is configured. */
export function defaultPolicy(settings: PolicySettings): Policy {
  const receivers = new Map([[RECEIVER, { name: RECEIVER, integrations: settings.integrations }]])
  const root: RouteNode = {
    route: groupedRoute(settings),
    matchers: [],
    continues: false,
    children: [node(criticalRoute(settings), 'critical'), node(digestRoute(settings), 'low')],
  }
  return {
    root,
    receivers,
    inhibitRules: [],
    timeIntervals: new Map(),
    resolveTimeoutMs: RESOLVE_TIMEOUT_MS,
    templateFiles: [],
    original: writeOriginal({ root, receivers, resolveTimeoutMs: RESOLVE_TIMEOUT_MS }),
  }
}

function node(route: Route, severity: Severity): RouteNode {
  return { route, matchers: [ofSeverity(severity)], continues: false, children: [] }
}

/** As `severityOf` reads labels, whatever the word for it. */
function ofSeverity(severity: Severity): Matcher {
  const value = `(?i:${severityWords(severity).join('|')})`
  return createMatcher({ name: 'severity', value, isRegex: true, isEqual: true })
}

const plain = {
  receiver: RECEIVER,
  muteIntervals: [],
  activeIntervals: [],
  digest: undefined,
  fallback: undefined,
} as const

/** The keys are those that groups have had since before there was a tree: what they have told stays known. */
function groupedRoute(settings: PolicySettings): Route {
  return {
    ...plain,
    rateLimit: settings.rateLimit,
    key: '{}/grouped',
    name: 'grouped',
    groupBy: ['alertname', 'severity'],
    waitMs: settings.groupWaitMs,
    intervalMs: settings.groupIntervalMs,
    repeatMs: settings.repeatIntervalMs,
  }
}

function criticalRoute({ repeatIntervalMs: repeatMs, rateLimit }: PolicySettings): Route {
  return {
    ...plain,
    rateLimit,
    key: '{}/critical',
    name: 'critical',
    groupBy: 'each_alert',
    waitMs: 0,
    intervalMs: 0,
    repeatMs,
  }
}

function digestRoute({ digestIntervalMs: everyMs }: PolicySettings): Route {
  return {
    ...plain,
    rateLimit: undefined,
    key: '{}/digest',
    name: 'digest',
    groupBy: 'each_alert',
    waitMs: 0,
    intervalMs: 0,
    repeatMs: undefined,
    digest: { name: 'digest', cron: undefined, timeZone: 'UTC', everyMs, most: undefined },
  }
}
