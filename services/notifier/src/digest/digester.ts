import { randomUUID } from 'node:crypto'
import type { DigestEntry, OutboxEvent } from '@tocsin/contract'
import {
  backoffMs,
  CodedError,
  type Delivery,
  type Done,
  done,
  type ServiceContext,
  type Stage,
  sleep,
} from '@tocsin/runtime'
import type { NotifierMetrics } from '../metrics.ts'
import type { PublishOutbox } from '../outbox/publish-outbox.ts'
import { buildDigests } from './build-digests.ts'
import type { DigestBatch, DigestStore } from './digest-store.ts'
import { entriesOf } from './entries-of.ts'

export interface DigesterDeps extends Pick<ServiceContext, 'clock' | 'log'> {
  readonly store: DigestStore
  readonly publish: PublishOutbox
  readonly channels: readonly string[]
  readonly receiver: string
  readonly intervalMs: number
  readonly metrics: NotifierMetrics
  readonly mayAct: () => boolean
  /** Aborts when this process must leave the work to another. */
  readonly signal: AbortSignal
}

export interface Digester {
  /** Takes a message for the next digest; it is acknowledged once that digest is in the outbox. */
  readonly collect: Stage<OutboxEvent, Done>
  start(): void
  stop(): void
}

interface Held {
  readonly entries: readonly DigestEntry[]
  readonly release: () => void
}

const RETRY_MS = 1000

/**
 * Makes one message of many. JetStream keeps each until its digest is on its way, so that a Redis that is away or
 * comes back empty loses nothing; Redis holds the batch, and knows what has been sent when a message comes back.
 */
export function createDigester(deps: DigesterDeps): Digester {
  const { store, publish, clock, log, intervalMs, metrics, mayAct } = deps
  const held = new Map<string, Held>()
  let cancelTimer = () => {}

  async function collect(event: OutboxEvent, delivery: Delivery): Promise<Done> {
    const signal = AbortSignal.any([delivery.signal, deps.signal])
    const entries = entriesOf(event)
    for (let tries = 0; ; tries++) {
      try {
        if ((await store.add(event.id, entries)) === 'sent') return done('digest_sent_before')
        break
      } catch (error) {
        if (tries === 0) log.warn({ err: error }, 'digest entries wait for Redis; nothing is lost')
        await sleep(clock, backoffMs(tries, 250, 10_000), signal)
        assertGoingOn(signal)
      }
    }
    await untilSent(event.id, entries, signal)
    assertGoingOn(signal, !held.has(event.id))
    return done('digested')
  }

  function untilSent(id: string, entries: readonly DigestEntry[], signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const release = () => {
        signal.removeEventListener('abort', release)
        resolve()
      }
      held.set(id, { entries, release })
      metrics.digestSize(held.size)
      signal.addEventListener('abort', release, { once: true })
      if (signal.aborted) release()
    })
  }

  function assertGoingOn(signal: AbortSignal, sent = false): void {
    if (signal.aborted && !sent)
      throw new CodedError('stopping', 'left for the next notifier to send', { retryable: true })
  }

  /** A batch is in the outbox before Redis forgets it, and Redis knows it as sent before JetStream forgets its messages. */
  async function send(batch: DigestBatch): Promise<void> {
    for (const digest of buildDigests(batch, deps.receiver, clock.now())) await publish(digest, deps.channels)
    await store.finish(batch.id, clock.now())
    for (const id of batch.messages.keys()) settle(id)
    log.info({ batch: batch.id, messages: batch.messages.size }, 'a digest is on its way')
  }

  function settle(id: string): void {
    const waiting = held.get(id)
    held.delete(id)
    waiting?.release()
    metrics.digestSize(held.size)
  }

  async function flush(): Promise<void> {
    const interrupted = await store.unfinished()
    if (interrupted) await send(interrupted)
    // Again, for a Redis that has lost what it was given.
    for (const [id, { entries }] of held) if ((await store.add(id, entries)) === 'sent') settle(id)
    const batch = await store.take(randomUUID())
    if (batch) await send(batch)
  }

  function arm(delayMs: number, task: () => Promise<void>): void {
    if (deps.signal.aborted) return
    cancelTimer = clock.setTimeout(() => {
      const ran = mayAct() ? task() : Promise.resolve()
      ran.then(
        () => arm(untilNextTick(), flush),
        (error: unknown) => {
          log.warn({ err: error }, 'the digest waits')
          arm(RETRY_MS, task)
        },
      )
    }, delayMs)
  }

  /** Digests go out at whole multiples of the interval: no state to keep, and no drift. */
  function untilNextTick(): number {
    return intervalMs - (clock.now() % intervalMs)
  }

  async function finishInterrupted(): Promise<void> {
    const interrupted = await store.unfinished()
    if (interrupted) await send(interrupted)
  }

  return {
    collect,
    start: () => arm(0, finishInterrupted),
    stop: () => cancelTimer(),
  }
}
