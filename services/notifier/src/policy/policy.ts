import type { Severity } from '@tocsin/contract'

/** The queue of the outbox that leads into the digest instead of to a channel. */
export const DIGEST = 'digest'

/** The queue of the outbox in which Alertmanager's webhooks wait until it is known whether they are news. */
export const WEBHOOKS = 'alertmanager'

/** Which alerts belong together, when their group is told, and to whom. Times in milliseconds. */
export interface Route {
  /** Low in cardinality: it is a metric label. */
  readonly name: string
  readonly severities: readonly Severity[]
  /** The labels whose values name the group; `each_alert` makes every alert a group of its own. */
  readonly groupBy: readonly string[] | 'each_alert'
  readonly waitMs: number
  readonly intervalMs: number
  /** How long until an unchanged group that still fires is told again; undefined for never. */
  readonly repeatMs: number | undefined
  readonly receiver: string
  /** The queues of the outbox that its notifications go to. */
  readonly channels: readonly string[]
}

/** Who is told, and when: the first route that takes an alert's severity wins. */
export interface Policy {
  readonly routes: readonly Route[]
}

export interface PolicySettings {
  readonly channels: readonly string[]
  readonly groupWaitMs: number
  readonly groupIntervalMs: number
  readonly repeatIntervalMs: number
}

/** The policy that holds without a configuration file: one receiver, made of every channel that is configured. */
export function defaultPolicy(settings: PolicySettings): Policy {
  const { channels, repeatIntervalMs: repeatMs } = settings
  const receiver = 'default'
  return {
    routes: [
      {
        name: 'critical',
        severities: ['critical'],
        groupBy: 'each_alert',
        waitMs: 0,
        intervalMs: 0,
        repeatMs,
        receiver,
        channels,
      },
      {
        name: 'grouped',
        severities: ['high', 'medium'],
        groupBy: ['alertname', 'severity'],
        waitMs: settings.groupWaitMs,
        intervalMs: settings.groupIntervalMs,
        repeatMs,
        receiver,
        channels,
      },
      {
        name: 'digest',
        severities: ['low'],
        groupBy: 'each_alert',
        waitMs: 0,
        intervalMs: 0,
        repeatMs: undefined,
        receiver,
        channels: channels.length === 0 ? [] : [DIGEST],
      },
    ],
  }
}
