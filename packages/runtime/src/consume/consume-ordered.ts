import type { Msg } from '@nats-io/transport-node'
import { toBusError } from '../bus/bus-error.ts'
import { handBack } from '../bus/lent-buffers.ts'
import { sleep } from '../clock.ts'
import type { ConsumeDeps, OrderedConsumer, OrderedOptions } from './consume-deps.ts'
import { createConsumerRecord } from './consumer-metrics.ts'
import { createDeadLetterQueue } from './dead-letter-queue.ts'
import { decideDisposition } from './decide-disposition.ts'
import { type HeldDelivery, type Position, parsePosition, toDelivery } from './delivery.ts'
import { handleDelivery } from './handle-delivery.ts'
import { type OrderedCursor, openCursor } from './ordered-cursor.ts'
import { pullMessages } from './pull-messages.ts'
import { restoreReading } from './restore-reading.ts'
import type { Outcome } from './run-stages.ts'

const PREFETCH = 1024
/** How long messages may be handled before others get their turn. Milliseconds. */
const TURN_MS = 10

/**
 * Reads a stream in order into memory, from its beginning (or a sequence) and on for as long as the service runs.
 * Nothing is acknowledged: every run reads it again. What comes after a loss of the connection, of the server or of
 * the stream follows on where reading was. An error that would bring a message back holds the reader at it.
 */
export function consumeOrdered(deps: ConsumeDeps, options: OrderedOptions): Promise<OrderedConsumer> {
  return readStream(deps, deps.bus.streamName(options.stream), options)
}

/** Reads any stream in order; `lastPerSubject` begins with the newest message of each subject. */
export async function readStream(
  deps: ConsumeDeps,
  stream: string,
  options: Omit<OrderedOptions, 'stream'> & { readonly lastPerSubject?: boolean },
): Promise<OrderedConsumer> {
  const { bus, log, clock, env, lifecycle, metrics } = deps
  const record = createConsumerRecord({ metrics, log, clock }, stream, `${deps.name}-ordered`)
  const handling = {
    stages: options.stages,
    maxBytes: env.MAX_EVENT_BYTES,
    traced: env.OTEL_EXPORTER_OTLP_ENDPOINT !== undefined,
    stream,
  }
  const stopping = new AbortController()
  const { signal } = stopping
  const letters = createDeadLetterQueue({ bus, clock, log, record, signal })
  const caughtUp = Promise.withResolvers<void>()
  const queue: { readonly message: Msg; readonly position: Position }[] = []
  let stopped: Promise<void> | undefined
  let busy: Promise<void> | undefined
  let turnBegan: number | undefined
  let received = (options.fromSequence ?? 1) - 1
  let handled = 0
  let incarnation: string | undefined
  /** The last sequence stored before the start; undefined once it has been passed. */
  let target: number | undefined

  async function open(): Promise<OrderedCursor> {
    const cursor = await openCursor(bus.jsm, stream, { sequence: received, incarnation }, options)
    if (incarnation !== undefined && cursor.incarnation !== incarnation) {
      log.warn({ stream }, 'the stream was made anew; reading it from its beginning')
      tell(options.onRecreated)
    }
    if (options.deadLetters)
      await letters.follow({ service: deps.name, stream, incarnation: cursor.incarnation })
    if (incarnation === undefined) target = cursor.pending === 0 ? 0 : cursor.lastSequence
    incarnation = cursor.incarnation
    received = cursor.from - 1
    return cursor
  }

  /** Whether the messages had their part of this turn of the event loop; the rest comes in the next one. */
  function isTurnOver(release: () => void): boolean {
    if (turnBegan === undefined) {
      turnBegan = performance.now()
      setImmediate(() => {
        turnBegan = undefined
        drain(release)
      })
    }
    return performance.now() - turnBegan > TURN_MS
  }

  /** Handles what is queued; synchronously, for as long as no stage needs to wait. */
  function drain(release: () => void): void {
    if (busy !== undefined) return
    while (queue.length > 0 && !signal.aborted && !isTurnOver(release)) {
      const next = queue.shift()
      if (!next) return
      const pause = handle(next.message, next.position)
      if (pause !== undefined) {
        busy = pause.finally(() => {
          busy = undefined
          release()
          drain(release)
        })
        return
      }
      release()
    }
  }

  function handle(message: Msg, position: Position): Promise<void> | undefined {
    const replaying = target !== undefined
    const begun = clock.now()

    const settle = (delivery: HeldDelivery, outcome: Outcome, attempt: number): Promise<void> | undefined => {
      const decided = decideDisposition(outcome, attempt)
      record.settled(decided, delivery, (clock.now() - begun) / 1000)
      if (decided.action === 'nak')
        return sleep(clock, decided.delayMs, signal).then(() => tryAgain(attempt + 1))
      const refusals = [...delivery.refusals, ...(decided.action === 'term' ? [decided.refusal] : [])]
      for (const refusal of delivery.refusals) record.refusedPart(refusal, delivery)
      if (options.keepsNoBytes && refusals.length === 0) handBack(delivery.data)
      if (options.deadLetters) letters.offer(delivery, record.keepable(refusals))
      else for (const refusal of refusals) record.deadLetter(refusal.reason, false)
      handled = position.streamSequence
      record.lag(position.pending + queue.length)
      if (position.pending === 0 || (target !== undefined && handled >= target)) passTarget()
      return letters.room()
    }
    const attemptOnce = (attempt: number): Promise<void> | undefined => {
      const delivery = toDelivery(
        message,
        { ...position, deliveryCount: attempt },
        { replaying, signalOf: () => signal },
      )
      const outcome = handleDelivery(delivery, handling)
      return outcome instanceof Promise
        ? outcome.then((value) => settle(delivery, value, attempt))
        : settle(delivery, outcome, attempt)
    }
    const tryAgain = (attempt: number): Promise<void> | undefined =>
      signal.aborted ? undefined : attemptOnce(attempt)
    return attemptOnce(1)
  }

  function passTarget(): void {
    if (target === undefined || signal.aborted) return
    target = undefined
    log.info({ stream, sequence: handled }, 'has read what was stored')
    tell(options.onCaughtUp)
    caughtUp.resolve()
  }

  /** Before the next message, and outside NATS' own call stack, where an error would be lost. */
  function tell(callback: (() => void) | undefined): void {
    try {
      callback?.()
    } catch (error) {
      queueMicrotask(() => {
        throw error
      })
    }
  }

  /** Reads with one cursor until it is lost; answers why. */
  async function readWith(cursor: OrderedCursor): Promise<string> {
    let expected = 1
    const pull = pullMessages({
      nc: bus.nc,
      clock,
      stream,
      consumer: cursor.consumer,
      inboxPrefix: env.NATS_INBOX_PREFIX,
      prefetch: PREFETCH,
      requests: 2,
      onReconnect: bus.onReconnect,
      onIdle() {
        record.lag(queue.length)
        if (queue.length === 0 && busy === undefined) passTarget()
      },
      onMessage(message) {
        const position = parsePosition(message.reply)
        if (!position) return pull.release()
        if (position.consumerSequence !== expected) return pull.stop()
        expected++
        received = position.streamSequence
        queue.push({ message, position })
        drain(() => pull.release())
      },
    })
    const halt = () => pull.stop()
    signal.addEventListener('abort', halt, { once: true })
    if (signal.aborted) halt()
    const reason = await pull.lost
    signal.removeEventListener('abort', halt)
    if (bus.trouble() === undefined) await bus.jsm.consumers.delete(stream, cursor.consumer).catch(() => {})
    return reason
  }

  async function run(first: OrderedCursor): Promise<void> {
    let cursor: OrderedCursor | undefined = first
    while (cursor && !signal.aborted) {
      const reason = await readWith(cursor)
      if (reason === 'closed') return
      if (!signal.aborted) log.info({ stream, reason, sequence: received }, 'reading on with a new consumer')
      cursor = await restoreReading(deps, `reading ${stream}`, open, signal)
    }
  }

  const first = await open().catch((error: unknown) => {
    throw toBusError(error, `reading ${stream}`)
  })
  if (target === 0) passTarget()
  const ran = run(first)
  const stopOnce = async () => {
    unregister()
    stopping.abort('stopping')
    await ran
    await busy
    await letters.close()
  }
  const stop = () => {
    stopped ??= stopOnce()
    return stopped
  }
  const unregister = lifecycle.onStop(`reader of ${stream}`, stop)
  return { stop, caughtUp: caughtUp.promise, sequence: () => handled }
}
