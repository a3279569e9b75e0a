import { outboxEvent } from '@tocsin/contract'
import {
  type Bus,
  type Consumer,
  codeOf,
  consumeDurable,
  decodeJson,
  type Lease,
  parseWith,
  pipeline,
  type ServiceContext,
  sleep,
} from '@tocsin/runtime'
import type { Target, TlsPaths } from '../alertmanager/alertmanager-env.ts'
import type { AlertmanagerMetrics } from '../alertmanager/alertmanager-metrics.ts'
import { startCourses } from '../alertmanager/start-courses.ts'
import type { FollowedAlerts } from '../api-v2/follow-alerts.ts'
import { alertStages } from '../consumers/take-alerts.ts'
import { createTakeIn } from '../consumers/take-in.ts'
import { postedStages } from '../consumers/take-posted.ts'
import { webhookStages } from '../consumers/take-webhooks.ts'
import type { Channel } from '../delivery/channel.ts'
import type { RecentIds } from '../delivery/recent-ids.ts'
import type { NotifierEnv } from '../env.ts'
import type { Tell } from '../grouping/flush-group.ts'
import type { NotifierMetrics } from '../metrics.ts'
import type { PublishOutbox } from '../outbox/publish-outbox.ts'
import { DIGEST, type Policy, WEBHOOKS } from '../policy/policy.ts'
import type { Hushed } from '../policy/policy-mutes.ts'
import { POSTED } from '../posted/posted-queue.ts'
import { startPosted } from '../posted/start-posted.ts'
import { openRecords } from '../records/open-records.ts'
import type { Attend } from '../silences/attend-silences.ts'
import type { ChannelSet } from './channel-set.ts'
import { removedChannel, removedChannels } from './removed-channel.ts'
import { createServing, type Started } from './serving.ts'
import { startDelivery } from './start-delivery.ts'
import { startGrouping } from './start-grouping.ts'
import { type TakeOver, takeOverConsumer } from './take-over-consumer.ts'

export interface WorkParts {
  readonly ctx: ServiceContext<NotifierEnv>
  readonly channels: Pick<ChannelSet, 'all'>
  readonly policy: () => Policy
  /** The policy without a configuration file. */
  readonly formerPolicy: Policy
  readonly hushed: Hushed
  readonly attend: Attend
  readonly publish: PublishOutbox
  readonly firing: FollowedAlerts
  readonly metrics: NotifierMetrics
  /** The Alertmanagers that are told of alerts, if any. */
  readonly targets: readonly Target[]
  readonly tls: TlsPaths
  readonly alertmanagerMetrics: AlertmanagerMetrics
  readonly sent: RecentIds
  readonly externalURL: string
}

/** What one notifier at a time does. */
export interface Work {
  /** From now on nothing is begun; resolves when what was under way has ended. */
  stop(): Promise<void>
  /** Goes on by the policy and the channels that hold now; resolves when each queue is served as it should be. */
  adoptPolicy(): Promise<void>
}

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** As long as the ALERTS stream keeps what could be delivered again. */
const REMEMBER_ENDED_MS = 7 * DAY_MS
const TIDY_EVERY_MS = 3_600_000
const MANY = 1000
/** What waits for NATS and quick receivers: as much as keeps them busy, since the rest would only wait in memory. */
const TRANSITIONS = 64
/** Posted requests, of some 64 alerts each. */
const REQUESTS = 4
/** Messages that wait for their digests in memory; what is more waits in its queue. */
const MOST_HELD = 10 * MANY

/** Takes up the work: first what a predecessor left undone, in its order, then what is new. */
export async function startWork(parts: WorkParts, lease: Lease): Promise<Work> {
  const { ctx, channels, policy, publish, metrics, sent, externalURL } = parts
  const { bus, clock, log, env } = ctx
  const ending = new AbortController()
  const signal = AbortSignal.any([ending.signal, ctx.lifecycle.signal])
  const mayAct = () => !signal.aborted && lease.isHeld()
  const consumers: Consumer[] = []

  async function consume(
    from: TakeOver,
    rest: Pick<Parameters<typeof consumeDurable>[1], 'stages' | 'concurrency'>,
  ): Promise<Consumer> {
    const { stream, filterSubject } = from
    const durable = await takeOverConsumer(bus, log, from)
    // A notification may be tried for a day: it is in hand all that time, not stuck.
    const handlingTimeoutMs = env.NOTIFY_RETRY_FOR + DAY_MS
    const options = { stream, filterSubject, durable, ...rest, handlingTimeoutMs, signal }
    const consumer = await consumeDurable(ctx, options)
    consumers.push(consumer)
    return consumer
  }

  async function startChannel(channel: Channel): Promise<Started> {
    const deliver = await delivery.deliver(channel, (await waitingIn(bus, channel.name)) === 0)
    const consumer = await consume(outboxOf(channel.name), {
      concurrency: MANY,
      stages: pipeline(decodeJson, parseWith(outboxEvent), deliver.stage),
    })
    return { consumer, deliver }
  }

  /** At once where that goes quickly, by the channel's queue otherwise. */
  const tell: Tell = async (notification, to, { mayWait }) => {
    const unsaid: (() => void)[] = []
    try {
      await publish(notification, to, {
        async instead(event) {
          const deliver = serving.deliverOf(event.channel)
          if (mayWait && (await deliver?.prompt(event, signal))) return true
          deliver?.willQueue(event)
          unsaid.push(() => deliver?.didNotQueue(event))
          return false
        },
      })
    } catch (error) {
      // Of anything else it is not known whether it was stored; it is tried again.
      if (codeOf(error) === 'too_large') for (const unsay of unsaid) unsay()
      throw error
    }
  }

  const outboxOf = (channel: string): TakeOver => ({
    stream: 'OUTBOX',
    name: `notifier-${channel}`,
    filterSubject: bus.subjects.outbox(channel),
    workQueue: true,
  })

  const incarnation = (await bus.jsm.streams.info(bus.streamName('ALERTS'))).created
  // Also while this ends: what is told is written down.
  const records = await openRecords(ctx, () => lease.isHeld())
  const grouping = startGrouping({
    ctx,
    records,
    firing: parts.firing,
    policy,
    formerPolicy: parts.formerPolicy,
    hushed: parts.hushed,
    tell,
    metrics,
    externalURL,
    incarnation,
    mayAct,
    signal,
  })
  const { grouper } = grouping
  const delivery = await startDelivery({ ctx, policy, publish, metrics, sent, mayAct, signal })

  const courses = await startCourses({
    ctx,
    targets: parts.targets,
    tls: parts.tls,
    metrics: parts.alertmanagerMetrics,
    incarnation,
    mayAct,
    signal,
  })
  const takeIn = createTakeIn({ bus, clock, grouper, courses, metrics, signal })
  const posted = startPosted({ ctx, records, firing: parts.firing, policy, takeIn, metrics, mayAct, signal })
  const leave = parts.attend({ mayAct, signal })
  const forgetTrouble = ctx.readiness.check('alertmanager', courses.trouble, { onlyDegrades: true })

  const serving = createServing(startChannel)

  /** Empties every queue: those of channels that are gone into the dead letters. */
  async function serveChannels(): Promise<void> {
    const wanted = channels.all()
    const names = wanted.map(({ name }) => name)
    const removed = new Set(await removedChannels(bus, [...names, DIGEST, WEBHOOKS, POSTED]))
    for (const name of serving.names()) if (!names.includes(name)) removed.add(name)
    await serving.serve([...wanted, ...[...removed].map(removedChannel)])
  }

  /** Now and then: what nobody will ask for any more. */
  async function tidy(): Promise<void> {
    while (!signal.aborted) {
      try {
        await grouper.forgetEndedBefore(clock.now() - REMEMBER_ENDED_MS)
        await records.tidy(clock.now() - DAY_MS)
        await courses.tidy()
        await serveChannels()
        await posted.forgetEndedBefore(clock.now() - HOUR_MS)
      } catch (error) {
        log.debug({ err: error }, 'old records are dropped later')
      }
      await sleep(clock, TIDY_EVERY_MS, signal)
    }
  }

  const stop = async () => {
    const stopped = consumers.map((consumer) => consumer.stop())
    ending.abort()
    grouper.stop()
    posted.stop()
    leave()
    delivery.stop()
    forgetTrouble()
    try {
      await Promise.all([...stopped, courses.stop()])
      await records.stop()
    } finally {
      parts.firing.follow()
    }
  }

  try {
    const held = await waitingIn(bus, DIGEST)
    await consume(outboxOf(DIGEST), {
      concurrency: MOST_HELD,
      stages: pipeline(decodeJson, parseWith(outboxEvent), delivery.collect),
    })
    await delivery.untilCollected(Math.min(held, MOST_HELD))
    await serveChannels()
    await consume(outboxOf(WEBHOOKS), {
      concurrency: MANY,
      stages: webhookStages({ bus, clock, log, courses, policy, publish, metrics, signal }),
    })
    // Behind what the queues held, some of which was put at their end again: an end must not overtake its beginning.
    await grouper.restore()
    // Only now: what a crash left half told has been told, and new transitions come after it.
    await posted.restore()
    await consume(outboxOf(POSTED), {
      concurrency: REQUESTS,
      stages: postedStages({ book: posted, signal }),
    })
    await consume(
      {
        stream: 'ALERTS',
        name: 'notifier-alerts',
        filterSubject: bus.subjects.allAlerts,
        workQueue: false,
      },
      { concurrency: TRANSITIONS, stages: alertStages({ takeIn, metrics }) },
    )
  } catch (error) {
    await stop()
    throw error
  }
  void tidy()
  return {
    stop,
    async adoptPolicy() {
      grouping.adoptPolicy()
      delivery.adoptPolicy()
      await serveChannels()
    },
  }
}

/** How many messages are in a channel's queue. */
async function waitingIn(bus: Bus, channel: string): Promise<number> {
  const subject = bus.subjects.outbox(channel)
  const { state } = await bus.jsm.streams.info(bus.streamName('OUTBOX'), { subjects_filter: subject })
  return state.subjects?.[subject] ?? 0
}
