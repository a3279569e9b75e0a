import type { Msg } from '@nats-io/transport-node'
import { sleep } from '../clock.ts'
import type { ConsumeDeps, Consumer, DurableOptions } from './consume-deps.ts'
import { createConsumerRecord } from './consumer-metrics.ts'
import { type Disposition, decideDisposition, defaultLimits } from './decide-disposition.ts'
import { type HeldDelivery, parsePosition, toDelivery } from './delivery.ts'
import { ensureConsumer } from './ensure-consumer.ts'
import { handleDelivery } from './handle-delivery.ts'
import { createInHand, type Held } from './in-hand.ts'
import { type Pull, pullMessages } from './pull-messages.ts'
import { restoreReading } from './restore-reading.ts'
import type { Outcome } from './run-stages.ts'
import { keepRefusals, replyOf } from './settle-message.ts'
import { incarnationOf } from './stream-incarnation.ts'
import { createUnderWay } from './under-way.ts'

/** How long messages that are taken may still be handled when the service stops; the rest is delivered again. */
const STOP_GRACE_MS = 5000

/**
 * Consumes a stream with a durable consumer: at least once, shared by all replicas that name the same one.
 * Resolves once the consumer exists. Goes on through restarts and losses of the server.
 * @throws {BusError} when the server refuses the consumer.
 */
export async function consumeDurable(deps: ConsumeDeps, options: DurableOptions): Promise<Consumer> {
  const { bus, log, clock, env, lifecycle } = deps
  const { durable, concurrency = 1, ackWaitMs = 5000, handlingTimeoutMs = 600_000 } = options
  const prefetch = Math.max(16, concurrency * 2)
  const limits = { ...defaultLimits, ...options.limits }
  const stream = bus.streamName(options.stream)
  const record = createConsumerRecord(deps, stream, durable)
  const inHand = createInHand(clock, ackWaitMs / 3, () => bus.trouble() === undefined)
  const handlingOptions = {
    stages: options.stages,
    maxBytes: env.MAX_EVENT_BYTES,
    traced: env.OTEL_EXPORTER_OTLP_ENDPOINT !== undefined,
    stream,
  }
  const wanted = { ...options, ackWaitMs, maxAckPending: Math.max(1000, prefetch * 4) }
  const underWay = createUnderWay(clock, handlingTimeoutMs)
  const stopping = new AbortController()
  const waiting: Held[] = []
  let running = 0
  let pull: Pull | undefined
  let source = { service: deps.name, stream, incarnation: '' }

  async function ensure(): Promise<void> {
    await ensureConsumer(bus.jsm, stream, wanted)
    const incarnation = await incarnationOf(bus.jsm, stream)
    if (source.incarnation !== '' && source.incarnation !== incarnation) {
      log.warn(
        { stream, consumer: durable },
        'the stream was made anew; what was in hand belonged to the old one',
      )
      waiting.length = 0
      inHand.forget()
    }
    source = { ...source, incarnation }
  }

  function take(message: Msg, release: () => void): void {
    const position = parsePosition(message.reply)
    const held = position && inHand.take(message, position, release)
    if (held) waiting.push(held)
    work()
  }

  function work(): void {
    while (running < concurrency && !stopping.signal.aborted) {
      const held = waiting.shift()
      if (!held) return
      const settled = handle(held)
      if (!settled) continue
      running++
      void settled.then(() => {
        running--
        work()
      })
    }
  }

  /** Stays synchronous for as long as its stages are. */
  function handle(held: Held): Promise<void> | undefined {
    const { message, position } = held
    const begun = clock.now()
    record.lag(position.pending + waiting.length)
    const handling = underWay.begin()
    const delivery = toDelivery(message, position, { replaying: false, signalOf: () => handling.signal })
    const outcome = handleDelivery(delivery, handlingOptions)
    return outcome instanceof Promise
      ? handling.settled(outcome).then((value) => settle(held, delivery, value, begun))
      : settle(held, delivery, outcome, begun)
  }

  function settle(
    held: Held,
    delivery: HeldDelivery,
    outcome: Outcome,
    begun: number,
  ): Promise<void> | undefined {
    const decided = decideDisposition(outcome, held.position.deliveryCount, limits)
    const reply = (disposition: Disposition) => {
      inHand.settle(held, replyOf(disposition), disposition.action !== 'nak')
      record.settled(disposition, delivery, (clock.now() - begun) / 1000)
      if ('error' in outcome)
        log.debug({ err: outcome.error, subject: delivery.subject }, 'a message was not handled')
    }
    if (decided.action !== 'nak')
      for (const refusal of delivery.refusals) record.refusedPart(refusal, delivery)
    if (decided.action === 'term' || delivery.refusals.length > 0)
      return keepRefusals({ bus, source, record }, delivery, decided).then(reply)
    reply(decided)
    return undefined
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      const current = pullMessages({
        nc: bus.nc,
        clock,
        stream,
        consumer: durable,
        inboxPrefix: env.NATS_INBOX_PREFIX,
        prefetch,
        requests: 1,
        onMessage: (message) => take(message, current.release),
        onIdle: () => record.lag(waiting.length),
        onReconnect: bus.onReconnect,
      })
      pull = current
      const reason = await current.lost
      if (reason === 'stopped' || reason === 'closed') return
      log.info({ stream, consumer: durable, reason }, 'making sure of a consumer')
      await restoreReading(deps, `consumer ${durable} of ${stream}`, ensure, stopping.signal)
    }
  }

  await ensure()
  options.signal?.addEventListener('abort', underWay.abortAll, { once: true })
  const ran = run()
  const stopOnce = async () => {
    unregister()
    pull?.stop()
    // What has been taken is finished; what does not end in time comes back after its ack wait.
    const grace = new AbortController()
    await Promise.race([inHand.empty(), sleep(clock, STOP_GRACE_MS, grace.signal)])
    grace.abort()
    stopping.abort('stopping')
    underWay.abortAll()
    underWay.stop()
    options.signal?.removeEventListener('abort', underWay.abortAll)
    inHand.stop()
    await ran
  }
  let stopped: Promise<void> | undefined
  const stop = () => {
    stopped ??= stopOnce()
    return stopped
  }
  const unregister = lifecycle.onStop(`consumer ${durable}`, stop)
  return { stop }
}
