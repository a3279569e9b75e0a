import type { OutboxEvent } from '@tocsin/contract'
import type { Clock } from '@tocsin/runtime'
import type { Made } from './deliver.ts'
import { createPulse } from './pulse.ts'
import type { Queued } from './queued.ts'
import type { RecentIds } from './recent-ids.ts'

/**
 * Tells a channel at once what has not been put into its queue; answers whether it was delivered, and is in the delivery
 * log. What was not is to be put into the queue, where an attempt that has begun counts as the first one.
 */
export type Prompt = (event: OutboxEvent, signal: AbortSignal) => Promise<boolean>

export interface PromptDeps {
  readonly queued: Queued
  /** What this process has sent. */
  readonly sent: RecentIds
  /** Whether nothing but an attempt is to be made for it. */
  readonly isPlain: (event: OutboxEvent) => boolean
  /** Makes an attempt when its turn comes; `mayBegin` is asked then. */
  readonly attempt: (
    event: OutboxEvent,
    signal: AbortSignal,
    mayBegin: () => boolean,
  ) => Promise<Made | undefined>
  /** Logs what was delivered. */
  readonly record: (event: OutboxEvent, made: Made, signal: AbortSignal) => Promise<void>
  /** Has those told of the end whom a fallback has told of the beginning. */
  readonly tellEnd: (event: OutboxEvent, signal: AbortSignal) => Promise<void>
  readonly clock: Clock
}

/** Attempts by the id of what they are for, until the queue has brought it. */
export type Begun = Map<string, Promise<Made>>

/** A receiver that has not answered anything for so long is left to its queue. */
const SILENCE_MS = 500
/** Nothing is waited for any longer, whatever the receiver answers meanwhile. */
const PATIENCE_MS = 2000

export function createPrompt(deps: PromptDeps, begun: Begun): Prompt {
  const { queued, sent, isPlain, attempt, record, tellEnd, clock } = deps
  const pulse = createPulse(clock)

  /** What an attempt comes to, or undefined when the receiver answers nothing at all. */
  function whileAnswering<T>(attempted: Promise<T>): Promise<T | undefined> {
    const untilMs = clock.now() + PATIENCE_MS
    return new Promise((resolve, reject) => {
      let cancel = () => {}
      const wait = (ms: number) => {
        cancel = clock.setTimeout(look, ms)
      }
      const look = () => {
        const leftMs = Math.min(SILENCE_MS - pulse.silentMs(), untilMs - clock.now())
        if (leftMs > 0) wait(leftMs)
        else resolve(undefined)
      }
      wait(SILENCE_MS)
      attempted.then(resolve, reject).finally(() => cancel())
    })
  }

  return async (event, signal) => {
    // Made again after a crash, or since NATS did not take what follows: an attempt is never made twice for that.
    if (sent.has(event.id)) {
      await tellEnd(event, signal)
      return true
    }
    if (begun.has(event.id) || !queued.mayPass(event.groupKey) || !isPlain(event)) return false
    if (pulse.isSlow()) {
      // Others would wait for it as well; once its queue is empty it has another chance.
      pulse.reset()
      queued.close()
      return false
    }
    let mayBegin = true
    let hasBegun = false
    const attempted = attempt(event, signal, () => {
      hasBegun = mayBegin
      return mayBegin
    })
    const made = await whileAnswering(attempted)
    if (made) pulse.answered(made.endedMs - made.startedMs)
    if (made?.outcome.result === 'delivered') {
      sent.add(event.id)
      await record(event, made, signal)
      await tellEnd(event, signal)
      return true
    }
    mayBegin = false
    queued.close()
    if (hasBegun) {
      const first = attempted as Promise<Made>
      first.catch(() => {})
      begun.set(event.id, first)
    }
    return false
  }
}
