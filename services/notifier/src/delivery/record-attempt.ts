import type { DeliveryEvent, OutboxEvent } from '@tocsin/contract'
import { type Bus, backoffMs, codeOf, type Log, type ServiceContext, sleep } from '@tocsin/runtime'
import type { NotifierMetrics } from '../metrics.ts'
import type { SendOutcome } from './channel.ts'
import type { NextStep } from './decide-next.ts'
import { deliveryEventOf, logDelivery } from './delivery-log.ts'
import type { Redact } from './redact.ts'

export interface RecordDeps extends Pick<ServiceContext, 'clock' | 'log'> {
  readonly bus: Pick<Bus, 'publish' | 'subjects'>
  readonly metrics: NotifierMetrics
  readonly redact: Redact
}

export interface Attempt {
  readonly event: OutboxEvent
  readonly number: number
  readonly startedMs: number
  readonly endedMs: number
  readonly outcome: SendOutcome
  readonly next: NextStep
}

const outcomes = { done: 'delivered', retry: 'failed', dead: 'dead' } as const

/** Counts, logs and stores one attempt; resolves once it is in the delivery log, or the signal has aborted. */
export async function recordAttempt(deps: RecordDeps, attempt: Attempt, signal: AbortSignal): Promise<void> {
  const { event, startedMs, endedMs, next } = attempt
  const { detail } = attempt.outcome
  const outcome = outcomes[next.action]
  const sent = new Date(endedMs).toISOString()
  const entry = deliveryEventOf(
    event,
    {
      outcome,
      attempt: attempt.number,
      reason: next.reason,
      ...(detail ? { detail: deps.redact(detail) } : {}),
      durationMs: endedMs - startedMs,
      stages: outcome === 'delivered' ? { ...event.stages, sent } : event.stages,
    },
    startedMs,
  )
  deps.metrics.attempt(entry, endedMs)
  tell(deps.log, entry, next)
  await storeForSure(deps, entry, signal)
}

async function storeForSure(
  { bus, clock, log }: RecordDeps,
  entry: DeliveryEvent,
  signal: AbortSignal,
): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      return await logDelivery(bus, entry)
    } catch (error) {
      if (signal.aborted || codeOf(error) === 'closed') throw error
      if (tries === 0)
        log.warn({ err: error, notification: entry.notification }, 'the delivery log waits for NATS')
      await sleep(clock, backoffMs(tries, 250, 10_000), signal)
    }
  }
}

function tell(log: Log, entry: DeliveryEvent, next: NextStep): void {
  const { channel, notification, outcome, attempt, reason, detail, title, durationMs } = entry
  const line = { channel, notification, outcome, attempt, reason, detail, title, durationMs }
  if (next.action === 'done') log.info(line, 'delivered')
  else if (next.action === 'retry') log.warn({ ...line, delayMs: Math.round(next.delayMs) }, 'will try again')
  else log.error(line, 'given up; the notification is in the dead letters')
}
