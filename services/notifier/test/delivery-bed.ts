import { createSubjects, type DeliveryEvent, deliveryEvent, type OutboxEvent } from '@tocsin/contract'
import { createLog, createMetrics, type Delivery } from '@tocsin/runtime'
import { testClock } from '@tocsin/testkit'
import type { Channel, SendOutcome } from '../src/delivery/channel.ts'
import { createDeliver } from '../src/delivery/deliver.ts'
import { createFallbackRecords } from '../src/delivery/fallback-records.ts'
import { createFallbacks } from '../src/delivery/fallbacks.ts'
import type { Fallback } from '../src/delivery/plan.ts'
import { createRecentIds, type RecentIds } from '../src/delivery/recent-ids.ts'
import { createHeldGroups } from '../src/digest/held-groups.ts'
import { createHoldBack } from '../src/digest/hold-back.ts'
import { createLimiter } from '../src/limits/limiter.ts'
import { createNotifierMetrics } from '../src/metrics.ts'
import type { Notification } from '../src/outbox/publish-outbox.ts'
import type { RateLimit } from '../src/policy/policy.ts'

export interface BedFacts {
  /** How long after one attempt the next may begin. Milliseconds; 0 by default. */
  readonly spacingMs?: number
  /** What the receiver answers, by the time since the start. */
  readonly answer: (nowMs: number, event: OutboxEvent) => SendOutcome | Promise<SendOutcome>
  readonly random?: () => number
  readonly rateLimit?: RateLimit
  readonly fallback?: Fallback
  readonly secrets?: readonly string[]
}

const DAY = 86_400_000
const digest = { name: 'digest', cron: undefined, timeZone: 'UTC', everyMs: DAY, most: undefined }

/**
 * The real stage that delivers, in front of a channel that answers as told, on a clock that a test moves. What it puts
 * into queues, records and logs outlives it: `reborn` is the next process.
 */
export function deliveryBed(facts: BedFacts) {
  const clock = testClock()
  const startMs = clock.now()
  const arrived: OutboxEvent[] = []
  const attempts: number[] = []
  const logged: DeliveryEvent[] = []
  /** The outbox, by id. */
  const queued = new Map<string, Notification & { readonly channel: string }>()
  const stored = new Map<string, string>()
  const log = createLog({ service: 'notifier', version: 'test', level: 'silent' })
  const metrics = createNotifierMetrics(createMetrics('notifier', 'test'))
  const channel: Channel = {
    name: 'webhook',
    concurrency: 4,
    secrets: facts.secrets ?? ['s3cret'],
    async send(event) {
      attempts.push(clock.now() - startMs)
      const outcome = await facts.answer(clock.now() - startMs, event)
      if (outcome.result === 'delivered') arrived.push(event)
      return outcome
    },
    close() {},
  }
  const publish = (notification: Notification, channels: readonly string[]) => {
    for (const to of channels) {
      const id = `${notification.id}-${to}`
      if (!queued.has(id)) queued.set(id, { ...notification, id, channel: to })
    }
    return Promise.resolve()
  }
  const kv = {
    put(key: string, value: string | Uint8Array) {
      stored.set(key, String(value))
      return Promise.resolve(stored.size)
    },
    history: () =>
      Promise.resolve(
        [...stored].map(([key, value]) => ({ key, operation: 'PUT', string: () => value })),
      ) as never,
  }

  /** `held`: what the delivery log says was put into digests. */
  async function born(sent: RecentIds = createRecentIds(), held: RecentIds = createRecentIds()) {
    const records = createFallbackRecords(kv)
    await records.load()
    const stopping = new AbortController()
    const { stage, prompt } = createDeliver(
      channel,
      {
        bus: {
          subjects: createSubjects(),
          publish(_subject, entry) {
            logged.push(deliveryEvent.parse(entry))
            return Promise.resolve({ stream: 'DELIVERIES', sequence: logged.length, duplicate: false })
          },
        },
        clock,
        log,
        metrics,
        mayAct: () => true,
        sent,
        planOf: (event) => ({
          rateLimit: facts.rateLimit,
          fallback: event.fallback ? undefined : facts.fallback,
          digest,
        }),
        channelsOf: () => facts.fallback?.channels ?? [],
        pace: () => ({ concurrency: channel.concurrency, spacingMs: facts.spacingMs ?? 0 }),
        limiter: createLimiter({
          count: () => Promise.reject(new Error('no Redis here')),
          redis: { trouble: () => 'away' },
          clock,
          log,
        }),
        held,
        digests: createHoldBack({ groups: createHeldGroups(), publish, clock, log }),
        fallbacks: createFallbacks({ records, publish, clock, log, metrics }),
        retryForMs: DAY,
        timeoutMs: 10_000,
        random: facts.random ?? (() => 0),
      },
      true,
    )
    return {
      /** Hands it a message as its queue does; `acceptedMs` after the start. */
      deliver(event: OutboxEvent, acceptedMs = clock.now() - startMs) {
        const delivery = { timeMs: startMs + acceptedMs, signal: stopping.signal, pending: 0 } as Delivery
        return Promise.resolve(stage(event, delivery))
      },
      /** Tells it at once, before it is in the queue. */
      prompt: (event: OutboxEvent) => prompt(event, stopping.signal),
      /** The process dies. */
      die: () => stopping.abort(),
    }
  }
  return { clock, startMs, arrived, attempts, logged, queued, born }
}
