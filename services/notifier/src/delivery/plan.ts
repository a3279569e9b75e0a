import type { OutboxEvent } from '@tocsin/contract'
import type { Pace } from '../limits/gate.ts'
import {
  DIGEST,
  type DigestOptions,
  type Policy,
  type RateLimit,
  type Route,
  WEBHOOKS,
} from '../policy/policy.ts'
import { everyRoute } from '../policy/routes-of.ts'

/** Who is told when a receiver cannot be. */
export interface Fallback {
  readonly receiver: string
  readonly channels: readonly string[]
  /** Told after this while, though the first goes on being tried; undefined: when it is given up. */
  readonly afterMs: number | undefined
}

/** What the policy says of the delivery of one notification. */
export interface Plan {
  readonly rateLimit: RateLimit | undefined
  readonly fallback: Fallback | undefined
  /** Where it waits if it is held back. */
  readonly digest: DigestOptions
}

/**
 * The plan of a notification by the policy that holds now, so that a mended policy helps what is already on its way.
 * What has come to a fallback receiver has no fallback again, so that none can go round in circles.
 */
export function planOf(policy: Policy, event: OutboxEvent, standing: DigestOptions): Plan {
  const routes = everyRoute(policy)
  const ofReceiver = routes.filter((route) => route.receiver === event.receiver)
  // What is on its way since before a change may name a route that is gone.
  const route = routes.find(({ key }) => key === event.route) ?? ofReceiver.find(({ fallback }) => fallback)
  const digest = route?.digest ?? ofReceiver.find((other) => other.digest)?.digest ?? standing
  if (event.fallback) return { rateLimit: undefined, fallback: undefined, digest }
  return {
    rateLimit: event.kind === 'digest' ? undefined : route?.rateLimit,
    fallback: route && fallbackOfRoute(policy, route, event),
    digest,
  }
}

/** The digest of this name that a receiver has now, if it still has it. */
export function digestOf(
  policy: Policy,
  { receiver, digest }: { readonly receiver: string; readonly digest: DigestOptions },
): DigestOptions | undefined {
  const routes = everyRoute(policy).filter((route) => route.receiver === receiver)
  return routes.find((route) => route.digest?.name === digest.name)?.digest
}

function fallbackOfRoute(policy: Policy, route: Route, event: OutboxEvent): Fallback | undefined {
  if (route.fallback === undefined || route.fallback === event.receiver) return undefined
  const channels = channelsOf(policy, route.fallback, event)
  if (channels.length === 0) return undefined
  return { receiver: route.fallback, channels, afterMs: route.fallbackAfterMs }
}

/** The queues of a receiver that take this notification: some want to hear of no end. */
export function channelsOf(policy: Policy, receiver: string, event?: OutboxEvent): readonly string[] {
  const ended = event?.kind === 'alerts' && event.status === 'resolved'
  const integrations = policy.receivers.get(receiver)?.integrations ?? []
  return integrations
    .filter(({ channel, sendResolved }) => channel !== event?.channel && (sendResolved || !ended))
    .map(({ channel }) => channel)
}

/** Whether somebody empties the queue of this channel. */
export function isServed({ receivers }: Policy, channel: string): boolean {
  if (channel === DIGEST || channel === WEBHOOKS) return true
  return [...receivers.values()].some(({ integrations }) =>
    integrations.some((way) => way.channel === channel),
  )
}

/** How fast a channel may be told: the strictest of what it can bear and what the routes that lead to it say. */
export function paceOf(policy: Policy, channel: string, concurrency: number): Pace {
  const limits = everyRoute(policy)
    .filter(({ receiver }) => channelsOf(policy, receiver).includes(channel))
    .flatMap(({ rateLimit }) => rateLimit ?? [])
  return {
    concurrency: Math.min(concurrency, ...limits.flatMap((limit) => limit.concurrency ?? [])),
    spacingMs: Math.max(0, ...limits.map((limit) => limit.spacingMs ?? 0)),
  }
}
