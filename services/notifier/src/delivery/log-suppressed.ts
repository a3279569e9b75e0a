import { type AlertEvent, CONTRACT_VERSION, type DeliveryEvent, type Severity } from '@tocsin/contract'
import type { Bus } from '@tocsin/runtime'
import type { NotifierMetrics } from '../metrics.ts'
import { logDelivery } from './delivery-log.ts'

/** What was not sent, and why. */
export interface Suppressed {
  readonly id: string
  readonly reason: string
  readonly channels: readonly string[]
  readonly receiver: string
  readonly kind: DeliveryEvent['kind']
  readonly groupKey: string
  readonly severity: Severity
  readonly title: string
  readonly fingerprints: readonly string[]
  readonly alertnames?: readonly string[]
  readonly stages: DeliveryEvent['stages']
  readonly nowMs: number
}

/** Writes into the delivery log that nobody was told of something, once per channel, or once where there is none. */
export async function logSuppressed(
  deps: { readonly bus: Pick<Bus, 'publish' | 'subjects'>; readonly metrics: NotifierMetrics },
  { id, channels, nowMs, fingerprints, alertnames, ...facts }: Suppressed,
): Promise<void> {
  for (const channel of channels.length === 0 ? ['none'] : channels) {
    const entry: DeliveryEvent = {
      v: CONTRACT_VERSION,
      id: `${id}-${channel}-suppressed`,
      time: new Date(nowMs).toISOString(),
      source: 'notifier',
      outcome: 'suppressed',
      channel,
      notification: `${id}-${channel}`,
      fingerprints: [...fingerprints],
      ...(alertnames ? { alertnames: [...alertnames] } : {}),
      attempt: 0,
      durationMs: 0,
      ...facts,
    }
    deps.metrics.attempt(entry, nowMs)
    await logDelivery(deps.bus, entry)
  }
}

/** The title of a transition, as the headline of its notification would have been. */
export function titleOfTransition({
  state,
  alertname,
  annotations,
}: Pick<AlertEvent, 'state' | 'alertname' | 'annotations'>): string {
  const summary = annotations['summary']
  return `[${state.toUpperCase()}] ${alertname}${summary ? ` — ${summary}` : ''}`.slice(0, 200)
}
