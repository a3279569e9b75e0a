import type { Matcher } from '../matchers/matcher.ts'
import type { InhibitRule } from './inhibit-rule.ts'
import type { TimeInterval } from './time-interval.ts'

/** The queue of the outbox that leads into the digest instead of to a channel. */
export const DIGEST = 'digest'

/** The queue of the outbox in which Alertmanager's webhooks wait until it is known whether they are news. */
export const WEBHOOKS = 'alertmanager'

/** Who is told of what, and when: Alertmanager's configuration with Tocsin's additions. Times in milliseconds. */
export interface Policy {
  readonly root: RouteNode
  readonly receivers: ReadonlyMap<string, Receiver>
  readonly inhibitRules: readonly InhibitRule[]
  readonly timeIntervals: ReadonlyMap<string, readonly TimeInterval[]>
  /** How long an alert that was posted without an end counts as firing. */
  readonly resolveTimeoutMs: number
  readonly templateFiles: readonly string[]
  /** This policy as Alertmanager's YAML, without Tocsin's additions; secrets as `<secret>`. */
  readonly original: string
}

/** A place in the tree of routes: what comes to it, and where it goes on. */
export interface RouteNode {
  readonly route: Route
  /** All of these must match; the root has none. */
  readonly matchers: readonly Matcher[]
  /** Whether the siblings after it are asked as well. */
  readonly continues: boolean
  readonly children: readonly RouteNode[]
}

/** What the alerts of a node are grouped and told by, with what it inherits. */
export interface Route {
  /** Names it among all routes: `{}` for the root, `{}/{severity="critical"}` below it. */
  readonly key: string
  /** Low in cardinality: it is a metric label. */
  readonly name: string
  readonly receiver: string
  /** The labels whose values name the group; `each_alert` makes every alert a group of its own. */
  readonly groupBy: readonly string[] | 'each_alert'
  readonly waitMs: number
  readonly intervalMs: number
  /** How long until an unchanged group that still fires is told again; undefined for never. */
  readonly repeatMs: number | undefined
  /** Names of time intervals in which nobody is told. */
  readonly muteIntervals: readonly string[]
  /** Names of time intervals outside of which nobody is told; none for always. */
  readonly activeIntervals: readonly string[]
  readonly digest: DigestOptions | undefined
  readonly rateLimit: RateLimit | undefined
  /** The receiver that is told when this one cannot be. */
  readonly fallback: string | undefined
  /** When it is told, though the first goes on being tried; undefined: once that is given up. */
  readonly fallbackAfterMs?: number | undefined
}

export interface Receiver {
  readonly name: string
  readonly integrations: readonly Integration[]
}

/** One way to tell a receiver: a queue of the outbox and the adapter that empties it. */
export interface Integration {
  /** The queue's name, the metrics' label and the delivery log's `channel`. */
  readonly channel: string
  readonly type: ChannelKind
  readonly sendResolved: boolean
  readonly settings: unknown
}

export type ChannelKind =
  | 'email'
  | 'slack'
  | 'webhook'
  | 'pagerduty'
  | 'opsgenie'
  | 'msteams'
  | 'msteamsv2'
  | 'discord'
  | 'telegram'
  | 'ntfy'

/** At most `limit` notifications in each `perMs`. */
export interface RateLimit {
  readonly limit: number
  readonly perMs: number
  readonly concurrency?: number
  readonly spacingMs?: number
}

/** What is collected instead of told, and when it is told as one: by a schedule, or each `everyMs`. */
export interface DigestOptions {
  readonly name: string
  readonly cron: string | undefined
  readonly timeZone: string
  readonly everyMs: number | undefined
  /** As soon as this many wait. */
  readonly most: number | undefined
}
