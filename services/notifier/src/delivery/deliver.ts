import type { OutboxEvent } from '@tocsin/contract'
import { CodedError, type Delivery, type Done, done, RefusedError, type Stage, sleep } from '@tocsin/runtime'
import { attemptSend } from './attempt-send.ts'
import type { Channel } from './channel.ts'
import { decideNext, retryLimits } from './decide-next.ts'
import { createInOrder } from './in-order.ts'
import type { RecentIds } from './recent-ids.ts'
import { type RecordDeps, recordAttempt } from './record-attempt.ts'
import { createRedact } from './redact.ts'
import { createSlots } from './slots.ts'

export interface DeliverDeps extends Omit<RecordDeps, 'redact'> {
  /** Whether this process may still act for the notifier. */
  readonly mayAct: () => boolean
  /** Aborts when this process must leave the work to another. */
  readonly stopping: AbortSignal
  /** What this process has sent: an acknowledgement that got lost must not send it again. */
  readonly sent: RecentIds
  readonly retryForMs: number
  readonly timeoutMs: number
  /** From 0 to 1. */
  readonly random: () => number
}

/**
 * Not when it was stored: what was put at the queue's end again is no younger for it. Nor the event's own time, which
 * whoever calls notify() is free to choose.
 */
function acceptedMs({ stages: { grouped } }: OutboxEvent, { timeMs }: Delivery): number {
  return grouped === undefined ? timeMs : Math.min(timeMs, Date.parse(grouped))
}

/**
 * Makes the stage that sends one channel's notifications: those of one group in their order, each until it is
 * delivered or given up, with every attempt in the delivery log before the message is acknowledged.
 */
export function createDeliver(channel: Channel, deps: DeliverDeps): Stage<OutboxEvent, Done> {
  const { clock, sent } = deps
  const limits = { ...retryLimits, retryForMs: deps.retryForMs }
  const redact = createRedact(channel.secrets)
  const inOrder = createInOrder()
  const slots = createSlots(channel.concurrency)
  /** The receiver asked for quiet until then: a 429 for one notification is one for all. */
  let holdUntilMs = 0

  async function attempt(event: OutboxEvent, signal: AbortSignal) {
    const holdMs = holdUntilMs - clock.now()
    if (holdMs > 0) await sleep(clock, holdMs, signal)
    assertOurs(signal)
    const startedMs = clock.now()
    const outcome = await attemptSend(channel, event, deps)
    const endedMs = clock.now()
    if (outcome.result === 'retry' && outcome.retryAfterMs !== undefined)
      holdUntilMs = Math.max(holdUntilMs, endedMs + Math.min(outcome.retryAfterMs, limits.mostDelayMs))
    return { outcome, startedMs, endedMs }
  }

  function assertOurs(signal: AbortSignal): void {
    if (signal.aborted || !deps.mayAct())
      throw new CodedError('stopping', 'left for the next notifier to send', { retryable: true })
  }

  async function deliver(event: OutboxEvent, delivery: Delivery): Promise<Done> {
    if (sent.has(event.id)) return done('sent_before')
    const signal = AbortSignal.any([delivery.signal, deps.stopping])
    for (let number = 1; ; number++) {
      const made = await slots(() => attempt(event, signal))
      const ageMs = made.endedMs - acceptedMs(event, delivery)
      const next = decideNext(made.outcome, { attempt: number, ageMs, random: deps.random() }, limits)
      if (next.action === 'done') sent.add(event.id)
      await recordAttempt({ ...deps, redact }, { event, number, next, ...made }, signal)
      if (next.action === 'done') return done(next.reason)
      if (next.action === 'dead')
        throw new RefusedError(next.reason, redact(made.outcome.detail ?? `${channel.name} refused it`))
      await sleep(clock, next.delayMs, signal)
      assertOurs(signal)
    }
  }

  return (event, delivery) => inOrder(event.groupKey, () => deliver(event, delivery))
}
