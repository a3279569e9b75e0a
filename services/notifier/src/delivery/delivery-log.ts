import { CONTRACT_VERSION, type DeliveryEvent, type OutboxEvent } from '@tocsin/contract'
import type { Bus } from '@tocsin/runtime'
import { headline } from '../render/headline.ts'

/** The facts of one attempt, or of the decision to make none. */
export type DeliveryFacts = Pick<
  DeliveryEvent,
  'outcome' | 'attempt' | 'reason' | 'detail' | 'durationMs' | 'stages'
>

const DETAIL_LENGTH = 500

/** A line of the delivery log. `startedMs` tells one attempt from the next, also across restarts. */
export function deliveryEventOf(event: OutboxEvent, facts: DeliveryFacts, startedMs: number): DeliveryEvent {
  const { detail, ...rest } = facts
  return {
    v: CONTRACT_VERSION,
    id: `${event.id}-${facts.outcome}-${startedMs.toString(36)}`,
    time: new Date(startedMs).toISOString(),
    source: 'notifier',
    channel: event.channel,
    receiver: event.receiver,
    notification: event.id,
    kind: event.kind,
    groupKey: event.groupKey,
    severity: event.severity,
    title: headline(event),
    fingerprints: event.kind === 'alerts' ? event.alerts.map((alert) => alert.fingerprint) : [],
    ...rest,
    ...(detail ? { detail: detail.slice(0, DETAIL_LENGTH) } : {}),
  }
}

/** Writes a line of the delivery log; resolves once it is stored. */
export async function logDelivery(
  bus: Pick<Bus, 'publish' | 'subjects'>,
  event: DeliveryEvent,
): Promise<void> {
  await bus.publish(bus.subjects.delivery(event.outcome, event.channel), event, { msgId: event.id })
}
