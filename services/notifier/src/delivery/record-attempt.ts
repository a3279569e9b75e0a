import type { DeliveryEvent, OutboxEvent } from '@tocsin/contract'
import { type Bus, backoffMs, codeOf, type Log, type ServiceContext, sleep } from '@tocsin/runtime'
import type { NotifierMetrics } from '../metrics.ts'
import type { SendOutcome } from './channel.ts'
import type { NextStep } from './decide-next.ts'
import { type DeliveryFacts, deliveryEventOf, logDelivery } from './delivery-log.ts'
import type { Redact } from './redact.ts'

export interface NoAttemptDeps extends Pick<ServiceContext, 'clock' | 'log'> {
  readonly bus: Pick<Bus, 'publish' | 'subjects'>
  readonly metrics: NotifierMetrics
}

export interface RecordDeps extends NoAttemptDeps {
  readonly redact: Redact
}

export interface Attempt {
  readonly event: OutboxEvent
  readonly number: number
  readonly startedMs: number
  readonly endedMs: number
  readonly outcome: SendOutcome
  readonly next: NextStep | FellBack
}

/** This receiver is given up, and another one is told. */
export interface FellBack {
  readonly action: 'fallback'
  readonly reason: string
  readonly to: string
}

const outcomes = { done: 'delivered', retry: 'failed', fallback: 'failed', dead: 'dead' } as const

/** Counts, logs and stores one attempt; resolves once it is in the delivery log, or the signal has aborted. */
export async function recordAttempt(deps: RecordDeps, attempt: Attempt, signal: AbortSignal): Promise<void> {
  const { event, startedMs, endedMs, next } = attempt
  const { detail } = attempt.outcome
  const outcome = outcomes[next.action]
  const taken = { sent: isoOf(startedMs), acknowledged: isoOf(endedMs) }
  const entry = deliveryEventOf(
    event,
    {
      outcome,
      attempt: attempt.number,
      reason: next.reason,
      ...(detail ? { detail: deps.redact(detail) } : {}),
      durationMs: endedMs - startedMs,
      stages: outcome === 'delivered' ? { ...event.stages, ...taken } : event.stages,
      ...(next.action === 'fallback' ? { fellBackTo: next.to } : {}),
    },
    startedMs,
  )
  deps.metrics.attempt(entry, endedMs)
  tell(deps.log, entry, next)
  await storeForSure(deps, entry, signal)
}

/** Counts and stores that no attempt was made, or what was done beside the attempts. */
export async function recordNoAttempt(
  deps: NoAttemptDeps,
  event: OutboxEvent,
  facts: Pick<DeliveryFacts, 'outcome' | 'reason' | 'fellBackTo'>,
  signal: AbortSignal,
): Promise<void> {
  const nowMs = deps.clock.now()
  const entry = deliveryEventOf(event, { ...facts, attempt: 0, durationMs: 0, stages: event.stages }, nowMs)
  if (facts.outcome === 'suppressed') deps.metrics.attempt(entry, nowMs)
  await storeForSure(deps, entry, signal)
}

const isoOf = (ms: number) => new Date(ms).toISOString()

async function storeForSure(
  { bus, clock, log }: NoAttemptDeps,
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

function tell(log: Log, entry: DeliveryEvent, next: NextStep | FellBack): void {
  const { channel, notification, outcome, attempt, reason, detail, title, durationMs } = entry
  const line = { channel, notification, outcome, attempt, reason, detail, title, durationMs }
  if (next.action === 'done') log.info(line, 'delivered')
  else if (next.action === 'retry') log.warn({ ...line, delayMs: Math.round(next.delayMs) }, 'will try again')
  else if (next.action === 'fallback')
    log.error({ ...line, fellBackTo: next.to }, 'given up; others are told')
  else log.error(line, 'given up; the notification is in the dead letters')
}
