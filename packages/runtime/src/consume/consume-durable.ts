import type { Msg } from '@nats-io/transport-node'
import { sleep } from '../clock.ts'
import type { ConsumeDeps, Consumer, DurableOptions } from './consume-deps.ts'
import { createConsumerRecord } from './consumer-metrics.ts'
import { decideDisposition, defaultLimits } from './decide-disposition.ts'
import { parsePosition, toDelivery } from './delivery.ts'
import { ensureConsumer } from './ensure-consumer.ts'
import { handleDelivery, withTimeout } from './handle-delivery.ts'
import { createInHand, type Held } from './in-hand.ts'
import { type Pull, pullMessages } from './pull-messages.ts'
import { restoreReading } from './restore-reading.ts'
import { keepRefusals, replyOf } from './settle-message.ts'
import { incarnationOf } from './stream-incarnation.ts'

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
  const handling = {
    stages: options.stages,
    maxBytes: env.MAX_EVENT_BYTES,
    traced: env.OTEL_EXPORTER_OTLP_ENDPOINT !== undefined,
    stream,
  }
  const wanted = { ...options, ackWaitMs, maxAckPending: Math.max(1000, prefetch * 4) }
  const handlers = new Set<AbortController>()
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
      running++
      void handle(held).finally(() => {
        running--
        work()
      })
    }
  }

  async function handle(held: Held): Promise<void> {
    const { message, position } = held
    const begun = clock.now()
    record.lag(position.pending + waiting.length)
    const controller = new AbortController()
    handlers.add(controller)
    const delivery = toDelivery(message, position, { replaying: false, signal: controller.signal })
    const handled = Promise.resolve(handleDelivery(delivery, handling))
    const outcome = await withTimeout(handled, handlingTimeoutMs, clock, () =>
      controller.abort('handling_timeout'),
    )
    handlers.delete(controller)
    const decided = decideDisposition(outcome, position.deliveryCount, limits)
    if (decided.action !== 'nak')
      for (const refusal of delivery.refusals) record.refusedPart(refusal, delivery)
    const disposition = await keepRefusals({ bus, source, record }, delivery, decided)
    inHand.settle(held, replyOf(disposition), disposition.action !== 'nak')
    record.settled(disposition, delivery, (clock.now() - begun) / 1000)
    if ('error' in outcome)
      log.debug({ err: outcome.error, subject: delivery.subject }, 'a message was not handled')
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
  const ran = run()
  const stopOnce = async () => {
    unregister()
    pull?.stop()
    // What has been taken is finished; what does not end in time comes back after its ack wait.
    const grace = new AbortController()
    await Promise.race([inHand.empty(), sleep(clock, STOP_GRACE_MS, grace.signal)])
    grace.abort()
    stopping.abort('stopping')
    for (const handler of handlers) handler.abort('stopping')
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
