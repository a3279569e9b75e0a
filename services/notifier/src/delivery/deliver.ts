import type { OutboxEvent } from '@tocsin/contract'
import {
  CodedError,
  type Delivery,
  type Done,
  done,
  RefusedError,
  type Stage,
  sleep,
  withSpan,
} from '@tocsin/runtime'
import { createGate, type Pace } from '../limits/gate.ts'
import { createHoldOverLimit, type HoldOverLimitDeps } from '../limits/hold-over-limit.ts'
import { attemptSend } from './attempt-send.ts'
import type { Channel, SendOutcome } from './channel.ts'
import { decideNext, retryLimits } from './decide-next.ts'
import type { Fallbacks } from './fallbacks.ts'
import { createInOrder } from './in-order.ts'
import { type Begun, createPrompt, type Prompt } from './prompt.ts'
import { createQueued } from './queued.ts'
import type { RecentIds } from './recent-ids.ts'
import { type RecordDeps, recordAttempt } from './record-attempt.ts'
import { createRedact } from './redact.ts'
import { createWatchPatience } from './watch-patience.ts'

export interface DeliverDeps extends Omit<RecordDeps, 'redact'>, HoldOverLimitDeps {
  /** Whether this process may still act for the notifier. */
  readonly mayAct: () => boolean
  /** What this process has sent: an acknowledgement that got lost must not send it again. */
  readonly sent: RecentIds
  /** The ways to tell a receiver of a notification. */
  readonly channelsOf: (receiver: string, event: OutboxEvent) => readonly string[]
  readonly pace: () => Pace
  readonly fallbacks: Fallbacks
  readonly retryForMs: number
  readonly timeoutMs: number
  /** From 0 to 1. */
  readonly random: () => number
}

/** An attempt that was made. */
export interface Made {
  readonly outcome: SendOutcome
  readonly startedMs: number
  readonly endedMs: number
}

/**
 * Not when it was stored: what was put at the queue's end again is no younger for it, unless a person put it there. Nor
 * the event's own time, which whoever calls notify() is free to choose.
 */
function acceptedMs({ stages: { grouped, replayed } }: OutboxEvent, { timeMs }: Delivery): number {
  const since = replayed ?? grouped
  return since === undefined ? timeMs : Math.min(timeMs, Date.parse(since))
}

/** What tells one channel. */
export interface Deliver {
  /**
   * Sends what the channel's queue brings: the notifications of one group in their order, each until it is delivered,
   * held for a digest, or given up, with every attempt in the delivery log before the message is acknowledged.
   * A message's signal aborts when this process must leave the work to another.
   */
  readonly stage: Stage<OutboxEvent, Done>
  readonly prompt: Prompt
  /** To be told of what is about to be put into the queue. */
  willQueue(event: OutboxEvent): void
  /** And that it was not, after all. */
  didNotQueue(event: OutboxEvent): void
}

/** `isQueueEmpty`: whether nothing is left in the queue by those who served it before. */
export function createDeliver(channel: Channel, deps: DeliverDeps, isQueueEmpty: boolean): Deliver {
  const { clock, sent, fallbacks } = deps
  const queued = createQueued(isQueueEmpty)
  const begun: Begun = new Map()
  const limits = { ...retryLimits, retryForMs: deps.retryForMs }
  // Read each time: a channel may learn of secrets later, as from a file.
  const redact = (text: string) => createRedact(channel.secrets)(text)
  const record = { ...deps, redact }
  const inOrder = createInOrder()
  const gate = createGate(deps.pace, clock)
  const holdOverLimit = createHoldOverLimit(deps)
  const watchPatience = createWatchPatience({ ...deps, assertOurs })

  async function attempt(event: OutboxEvent, signal: AbortSignal): Promise<Made> {
    assertOurs(signal)
    const startedMs = clock.now()
    const outcome = await sendTraced(event)
    const endedMs = clock.now()
    // The receiver asks for quiet: a 429 for one notification is one for all.
    if (outcome.result === 'retry' && outcome.retryAfterMs !== undefined)
      gate.holdUntil(endedMs + Math.min(outcome.retryAfterMs, limits.mostDelayMs))
    return { outcome, startedMs, endedMs }
  }

  /** A span for each attempt: of a notification that does not pass the queue it is the only one. */
  function sendTraced(event: OutboxEvent): Promise<SendOutcome> {
    const attributes = { 'tocsin.notification': event.id, 'tocsin.receiver': event.receiver }
    return withSpan(
      `send ${channel.name}`,
      async (span) => {
        const outcome = await attemptSend(channel, event, deps)
        span.setAttributes({ 'tocsin.outcome': outcome.result, 'tocsin.reason': outcome.reason })
        return outcome
      },
      { kind: 'client', attributes },
    )
  }

  function assertOurs(signal: AbortSignal): void {
    if (signal.aborted || !deps.mayAct())
      throw new CodedError('stopping', 'left for the next notifier to send', { retryable: true })
  }

  /** Who was told by the fallback that it fires hears of the end as well. */
  async function tellEnd(event: OutboxEvent, signal: AbortSignal): Promise<void> {
    const receiver = fallbacks.waitsForEnd(event)
    if (receiver === undefined) return
    const to = { receiver, channels: deps.channelsOf(receiver, event), afterMs: undefined }
    await fallbacks.tell(event, to, 'told_of_beginning', signal)
  }

  /** Hands it to the fallback, or ends it as a dead letter. */
  async function giveUp(event: OutboxEvent, number: number, made: Made, reason: string, signal: AbortSignal) {
    const { fallback } = deps.planOf(event)
    if (fallback) await fallbacks.tell(event, fallback, reason, signal)
    const to = fallbacks.toldTo(event)
    const next =
      to === undefined ? ({ action: 'dead', reason } as const) : ({ action: 'fallback', reason, to } as const)
    await recordAttempt(record, { event, number, next, ...made }, signal)
    if (next.action === 'fallback') return done('fell_back')
    throw new RefusedError(reason, redact(made.outcome.detail ?? `${channel.name} refused it`))
  }

  async function deliver(event: OutboxEvent, delivery: Delivery, signal: AbortSignal): Promise<Done> {
    let reason = 'sent_before'
    const wasSent = sent.has(event.id)
    let first = begun.get(event.id)
    begun.delete(event.id)
    if (!wasSent && !first && (await holdOverLimit(event, signal))) return done('held_for_digest')
    for (let number = 1; !wasSent; number++) {
      const made = await (first ?? gate.run(() => attempt(event, signal), urgency(event, signal)))
      first = undefined
      const ageMs = made.endedMs - acceptedMs(event, delivery)
      const next = decideNext(made.outcome, { attempt: number, ageMs, random: deps.random() }, limits)
      if (next.action === 'dead') return giveUp(event, number, made, next.reason, signal)
      if (next.action === 'done') sent.add(event.id)
      await recordAttempt(record, { event, number, next, ...made }, signal)
      reason = next.reason
      if (next.action === 'done') break
      await sleep(clock, next.delayMs, signal)
      assertOurs(signal)
    }
    await tellEnd(event, signal)
    return done(reason)
  }

  const prompt = createPrompt(
    {
      ...deps,
      queued,
      isPlain: (event) =>
        deps.planOf(event).rateLimit === undefined &&
        !deps.held.has(event.id) &&
        // What waits for its turn, and leaves, would have taken it from others.
        deps.pace().spacingMs === 0,
      attempt: (event, signal, mayBegin) =>
        gate.run(
          () => (mayBegin() ? attempt(event, signal) : Promise.resolve(undefined)),
          urgency(event, signal),
        ),
      record: (event, made, signal) =>
        recordAttempt(
          record,
          { event, number: 1, next: { action: 'done', reason: made.outcome.reason }, ...made },
          signal,
        ),
      tellEnd,
    },
    begun,
  )

  return {
    prompt,
    willQueue: (event) => queued.begin(event),
    didNotQueue: (event) => queued.end(event),
    async stage(event, delivery) {
      const { signal } = delivery
      queued.begin(event, delivery.pending)
      const callOff = sent.has(event.id)
        ? () => {}
        : watchPatience(event, acceptedMs(event, delivery), signal)
      try {
        const outcome = await inOrder(event.groupKey, () => deliver(event, delivery, signal))
        queued.end(event)
        return outcome
      } catch (error) {
        // Anything else comes back.
        if (error instanceof RefusedError) queued.end(event)
        throw error
      } finally {
        callOff()
      }
    },
  }
}

const urgency = ({ severity }: OutboxEvent, signal: AbortSignal) => ({
  urgent: severity === 'critical',
  signal,
})
