import type { Msg } from '@nats-io/transport-node'
import { apiCode, apiCodeOf, toBusError } from '../bus/bus-error.ts'
import { backoffMs, sleep } from '../clock.ts'
import type { ConsumeDeps, Consumer, DurableOptions } from './consume-deps.ts'
import { createConsumerRecord } from './consumer-metrics.ts'
import { decideDisposition, defaultLimits } from './decide-disposition.ts'
import { parsePosition, toDelivery } from './delivery.ts'
import { ensureConsumer } from './ensure-consumer.ts'
import { handleDelivery, withTimeout } from './handle-delivery.ts'
import { type Pull, pullMessages } from './pull-messages.ts'
import { settleMessage } from './settle-message.ts'
import { incarnationOf } from './stream-incarnation.ts'

/**
 * Consumes a stream with a durable consumer: at least once, shared by all replicas that name the same one.
 * Resolves once the consumer exists. Goes on through restarts and losses of the server.
 * @throws {BusError} when the server refuses the consumer.
 */
export async function consumeDurable(deps: ConsumeDeps, options: DurableOptions): Promise<Consumer> {
  const { bus, log, clock, env, lifecycle } = deps
  const { durable, concurrency = 1, ackWaitMs = 30_000, handlingTimeoutMs = 600_000 } = options
  const prefetch = Math.max(16, concurrency * 2)
  const limits = { ...defaultLimits, ...options.limits }
  const stream = bus.streamName(options.stream)
  const record = createConsumerRecord(deps, stream, durable)
  const handling = {
    stages: options.stages,
    maxBytes: env.MAX_EVENT_BYTES,
    traced: env.OTEL_EXPORTER_OTLP_ENDPOINT !== undefined,
    stream,
  }
  const wanted = { ...options, ackWaitMs, maxAckPending: Math.max(256, prefetch * 4) }
  const stopping = new AbortController()
  const waiting: Msg[] = []
  /** Every message that is ours: waiting or being handled. */
  const inHand = new Set<Msg>()
  let running = 0
  let onIdle = () => {}
  let pull: Pull | undefined
  let source = { service: deps.name, stream, incarnation: '' }

  async function ensure(): Promise<void> {
    await ensureConsumer(bus.jsm, stream, wanted)
    source = { ...source, incarnation: await incarnationOf(bus.jsm, stream) }
  }

  function take(message: Msg): void {
    inHand.add(message)
    waiting.push(message)
    work()
  }

  function work(): void {
    while (running < concurrency && !stopping.signal.aborted) {
      const message = waiting.shift()
      if (!message) return
      running++
      void handle(message).finally(() => {
        running--
        inHand.delete(message)
        pull?.release()
        if (running === 0) onIdle()
        work()
      })
    }
  }

  async function handle(message: Msg): Promise<void> {
    const position = parsePosition(message.reply)
    if (!position) return
    const begun = clock.now()
    record.lag(position.pending + waiting.length)
    const tooLong = new AbortController()
    const signal = AbortSignal.any([stopping.signal, tooLong.signal])
    const delivery = toDelivery(message, position, { replaying: false, signal })
    const outcome = await withTimeout(
      Promise.resolve(handleDelivery(delivery, handling)),
      handlingTimeoutMs,
      clock,
      () => tooLong.abort('handling_timeout'),
    )
    const decided = decideDisposition(outcome, position.deliveryCount, limits)
    if (decided.action !== 'nak')
      for (const refusal of delivery.refusals) record.refusedPart(refusal, delivery)
    const settled = await settleMessage({ bus, source, record }, message, delivery, decided)
    record.settled(settled, delivery, (clock.now() - begun) / 1000)
    if ('error' in outcome)
      log.debug({ err: outcome.error, subject: delivery.subject }, 'a message was not handled')
  }

  /** Tells the server that what is in hand is not forgotten. */
  function keepInHand(): () => void {
    let cancel = () => {}
    const beat = () => {
      for (const message of inHand) if (bus.trouble() === undefined) message.respond('+WPI')
      cancel = clock.setTimeout(beat, ackWaitMs / 3)
    }
    cancel = clock.setTimeout(beat, ackWaitMs / 3)
    return () => cancel()
  }

  async function run(): Promise<void> {
    for (let attempt = 0; !stopping.signal.aborted; attempt++) {
      const begun = clock.now()
      pull = pullMessages({
        nc: bus.nc,
        clock,
        stream,
        consumer: durable,
        prefetch,
        onMessage: take,
        onIdle: () => record.lag(waiting.length),
        onReconnect: bus.onReconnect,
      })
      const reason = await pull.lost
      if (reason === 'stopped' || reason === 'closed') return
      log.info({ stream, consumer: durable, reason }, 'looking after a consumer')
      // What waited belongs to the pull that was lost: the server delivers it again.
      for (const message of waiting.splice(0)) inHand.delete(message)
      if (clock.now() - begun > 10_000) attempt = 0
      await restore(attempt)
    }
  }

  /** Makes sure of the consumer, for as long as it takes. */
  async function restore(firstAttempt: number): Promise<void> {
    for (let attempt = firstAttempt; !stopping.signal.aborted; attempt++) {
      try {
        if (attempt > 0) await sleep(clock, backoffMs(attempt, 50, 2000), stopping.signal)
        await ensure()
        return
      } catch (error) {
        const fault = toBusError(error, `consumer ${durable} of ${stream}`)
        if (fault.code === 'closed') return
        if (apiCodeOf(fault.cause) === apiCode.streamNotFound) await bus.ensureTopology().catch(() => {})
        if (attempt === firstAttempt + 5)
          log.warn({ stream, consumer: durable, err: fault }, 'a consumer is not back yet')
      }
    }
  }

  await ensure()
  const forget = keepInHand()
  const ran = run()
  let stopped: Promise<void> | undefined
  const stopOnce = async () => {
    unregister()
    pull?.stop()
    stopping.abort('stopping')
    // Not begun: another replica may have them now.
    for (const message of waiting.splice(0)) {
      inHand.delete(message)
      message.respond('-NAK')
    }
    await ran
    if (running > 0)
      await new Promise<void>((resolve) => {
        onIdle = resolve
      })
    forget()
  }
  const stop = () => {
    stopped ??= stopOnce()
    return stopped
  }
  const unregister = lifecycle.onStop(`consumer ${durable}`, stop)
  return { stop }
}
