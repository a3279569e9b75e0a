import { runtimeMetrics } from '@tocsin/contract'
import type { Clock } from '../clock.ts'
import type { Log } from '../log/create-log.ts'
import { createThrottle } from '../log/throttle.ts'
import type { Metrics } from '../metrics/create-metrics.ts'
import type { Disposition } from './decide-disposition.ts'
import type { HeldDelivery, Refusal } from './delivery.ts'

/** Counts, times and logs what becomes of the messages of one consumer. */
export interface ConsumerRecord {
  settled(disposition: Disposition, delivery: HeldDelivery, seconds: number): void
  refusedPart(refusal: Refusal, delivery: HeldDelivery): void
  deadLetter(reason: string, written: boolean): void
  /** Those that are to be kept as dead letters; the others are counted as not kept. */
  keepable(refusals: readonly Refusal[]): readonly Refusal[]
  lag(messages: number): void
}

const outcomes = { ack: 'acked', nak: 'retried', term: 'refused' } as const

export function createConsumerRecord(
  deps: { readonly metrics: Metrics; readonly log: Log; readonly clock: Clock },
  stream: string,
  consumer: string,
): ConsumerRecord {
  const { metrics, log, clock } = deps
  const messages = metrics.counter(runtimeMetrics.messagesTotal)
  const seconds = metrics.quickHistogram(runtimeMetrics.messageDurationSeconds).with({ stream, consumer })
  const lag = metrics.gauge(runtimeMetrics.streamLagMessages).labels({ stream, consumer })
  const letters = metrics.counter(runtimeMetrics.deadLettersTotal)
  const throttle = createThrottle(clock)
  const counts = new Map<string, { inc(): void }>()

  function count(outcome: string, reason: string): void {
    const key = `${outcome} ${reason}`
    let child = counts.get(key)
    if (!child) {
      child = messages.labels({ stream, consumer, outcome, reason })
      counts.set(key, child)
    }
    child.inc()
  }

  /** Once per reason and subject a minute: a flood of bad messages must not become a flood of lines. */
  function tell(
    level: 'warn' | 'info',
    text: string,
    reason: string,
    detail: string,
    delivery: HeldDelivery,
  ): void {
    const turn = throttle(`${reason} ${delivery.subject}`)
    if (!turn) return
    const { subject, sequence, deliveryCount } = delivery
    log[level](
      { stream, consumer, subject, sequence, deliveryCount, reason, detail, suppressed: turn.suppressed },
      text,
    )
  }

  const deadLetter = (reason: string, written: boolean) =>
    letters.inc({ stream, reason, written: String(written) })

  return {
    settled(disposition, delivery, took) {
      count(outcomes[disposition.action], disposition.reason)
      seconds.observe(took)
      if (disposition.action === 'term')
        tell('warn', 'refused a message', disposition.reason, disposition.refusal.detail, delivery)
      if (disposition.action === 'nak')
        tell(
          'warn',
          'a message will be retried',
          disposition.reason,
          `again in ${disposition.delayMs} ms`,
          delivery,
        )
    },
    refusedPart(refusal, delivery) {
      count('part_refused', refusal.reason)
      tell('warn', 'refused a part of a message', refusal.reason, refusal.detail, delivery)
    },
    deadLetter,
    keepable: (refusals) =>
      refusals.filter(({ reason, onlyCounted }) => {
        if (onlyCounted) deadLetter(reason, false)
        return !onlyCounted
      }),
    lag: (behind) => lag.set(behind),
  }
}
