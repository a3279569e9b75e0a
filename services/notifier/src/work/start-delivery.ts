import type { OutboxEvent } from '@tocsin/contract'
import { type Done, type ServiceContext, type Stage, sleep } from '@tocsin/runtime'
import type { Channel } from '../delivery/channel.ts'
import { createDeliver, type Deliver } from '../delivery/deliver.ts'
import { createFallbackRecords } from '../delivery/fallback-records.ts'
import { createFallbacks } from '../delivery/fallbacks.ts'
import { channelsOf, digestOf, paceOf, planOf } from '../delivery/plan.ts'
import { createRecentIds, type RecentIds } from '../delivery/recent-ids.ts'
import { createDigestStore } from '../digest/digest-store.ts'
import { createDigester } from '../digest/digester.ts'
import { createHeldGroups } from '../digest/held-groups.ts'
import { createHoldBack } from '../digest/hold-back.ts'
import type { NotifierEnv } from '../env.ts'
import { createCountInRedis } from '../limits/count-in-redis.ts'
import { createLimiter } from '../limits/limiter.ts'
import type { NotifierMetrics } from '../metrics.ts'
import type { PublishOutbox } from '../outbox/publish-outbox.ts'
import { DIGEST, type DigestOptions, type Policy } from '../policy/policy.ts'
import { recallHeld, recallSent } from './recall-sent.ts'

export interface DeliveryParts {
  readonly ctx: ServiceContext<NotifierEnv>
  readonly policy: () => Policy
  readonly publish: PublishOutbox
  readonly metrics: NotifierMetrics
  readonly sent: RecentIds
  readonly mayAct: () => boolean
  /** Aborts when this process must leave the work to another. */
  readonly signal: AbortSignal
}

/** What empties the queues of the outbox. */
export interface DeliveryWork {
  readonly collect: Stage<OutboxEvent, Done>
  /** What sends one channel's notifications; it knows what a predecessor has done with them of late. */
  deliver(channel: Channel, isQueueEmpty: boolean): Promise<Deliver>
  /** Resolves once so many messages of the digest's queue are in hand: what follows them must know of them. */
  untilCollected(count: number): Promise<void>
  /** Goes by the schedules that hold now; all else asks the policy each time. */
  adoptPolicy(): void
  stop(): void
}

/** What follows from a policy, worked out once for each. */
function byPolicy<T>(policy: () => Policy, follow: (policy: Policy) => T): () => T {
  let known = { policy: policy(), value: follow(policy()) }
  return () => {
    const current = policy()
    if (known.policy !== current) known = { policy: current, value: follow(current) }
    return known.value
  }
}

const MOST_WAIT_MS = 5000
const POLL_MS = 20

/** Puts together what sends, limits, digests and falls back, by the policy that holds at each moment. */
export async function startDelivery(parts: DeliveryParts): Promise<DeliveryWork> {
  const { ctx, policy, publish, metrics, sent, mayAct, signal } = parts
  const { bus, clock, log, env } = ctx
  const redis = ctx.redis()
  const standing: DigestOptions = {
    name: DIGEST,
    cron: undefined,
    timeZone: 'UTC',
    everyMs: env.DIGEST_INTERVAL,
    most: undefined,
  }
  const plan = (event: OutboxEvent) => planOf(policy(), event, standing)
  const records = createFallbackRecords(await bus.kv('fallbacks'))
  await records.load()
  const groups = createHeldGroups()
  const digester = createDigester({
    store: createDigestStore(redis, bus.subjects.prefix),
    bookOf: (event) => ({ digest: plan(event).digest, receiver: event.receiver, heldFor: event.heldFor }),
    queuesOf: ({ receiver, heldFor }) => (heldFor === undefined ? channelsOf(policy(), receiver) : [heldFor]),
    optionsOf: (book) => digestOf(policy(), book) ?? book.digest,
    groups,
    publish,
    clock,
    log,
    metrics,
    mayAct,
    signal,
  })
  const shared = {
    bus,
    clock,
    log,
    metrics,
    mayAct,
    sent,
    planOf: plan,
    channelsOf: (receiver: string, event: OutboxEvent) => channelsOf(policy(), receiver, event),
    limiter: createLimiter({ count: createCountInRedis(redis, bus.subjects.prefix), redis, clock, log }),
    digests: createHoldBack({ groups, publish, clock, log }),
    held: createRecentIds(),
    fallbacks: createFallbacks({ records, publish, clock, log, metrics }),
    retryForMs: env.NOTIFY_RETRY_FOR,
    timeoutMs: env.NOTIFY_SEND_TIMEOUT,
    random: Math.random,
  }
  return {
    collect: digester.collect,
    async deliver(channel, isQueueEmpty) {
      await recallSent(bus, channel.name, sent)
      await recallHeld(bus, channel.name, shared.held)
      const pace = byPolicy(policy, (current) => paceOf(current, channel.name, channel.concurrency))
      return createDeliver(channel, { ...shared, pace }, isQueueEmpty)
    },
    async untilCollected(count) {
      const untilMs = clock.now() + MOST_WAIT_MS
      while (digester.collected() < count && clock.now() < untilMs && !signal.aborted)
        await sleep(clock, POLL_MS, signal)
    },
    adoptPolicy: digester.adoptPolicy,
    stop: () => digester.stop(),
  }
}
