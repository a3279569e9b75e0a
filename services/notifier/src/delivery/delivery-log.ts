import {
  CONTRACT_VERSION,
  type DeliveryEvent,
  fingerprint,
  type Labels,
  type OutboxEvent,
} from '@tocsin/contract'
import type { Bus } from '@tocsin/runtime'
import { headline } from '../render/headline.ts'

/** The facts of one attempt, or of the decision to make none. */
export type DeliveryFacts = Pick<
  DeliveryEvent,
  'outcome' | 'attempt' | 'reason' | 'detail' | 'durationMs' | 'stages' | 'fellBackTo'
>

const DETAIL_LENGTH = 500
/** A line names so many alerts: enough to find any that a person would look for. */
const MOST_ALERTS = 1000

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
    ...alertsOf(event),
    ...(event.fallback ? { fallback: event.fallback } : {}),
    ...rest,
    ...(detail ? { detail: detail.slice(0, DETAIL_LENGTH) } : {}),
  }
}

/** Which alerts a notification tells of, those that a digest folds into it included. */
function alertsOf(event: OutboxEvent): Pick<DeliveryEvent, 'fingerprints' | 'alertnames'> {
  const known = new Map<string, Labels>()
  if (event.kind === 'alerts')
    for (const alert of event.alerts.slice(0, MOST_ALERTS)) known.set(alert.fingerprint, alert.labels)
  if (event.kind === 'digest')
    for (const { status, labels } of event.entries.slice(0, MOST_ALERTS))
      if (status !== 'message') known.set(fingerprint(labels), labels)
  const names = new Set([...known.values()].flatMap(({ alertname }) => alertname ?? []))
  return { fingerprints: [...known.keys()], ...(names.size > 0 ? { alertnames: [...names] } : {}) }
}

/** Writes a line of the delivery log; resolves once it is stored. */
export async function logDelivery(
  bus: Pick<Bus, 'publish' | 'subjects'>,
  event: DeliveryEvent,
): Promise<void> {
  await bus.publish(bus.subjects.delivery(event.outcome, event.channel), event, { msgId: event.id })
}
