import { type AlertEvent, CONTRACT_VERSION, type PostedAlert, severityOf } from '@tocsin/contract'

/** What an alert without a name is called where one is needed. */
const NAMELESS = 'unnamed'

export interface TransitionFacts {
  readonly id: string
  readonly fingerprint: string
  readonly state: 'firing' | 'resolved'
  /** When it was accepted, or when it was seen to have ended. Milliseconds since the epoch. */
  readonly atMs: number
}

/** A posted alert as a transition like any other. */
export function toTransition(alert: PostedAlert, { atMs, state, ...facts }: TransitionFacts): AlertEvent {
  const time = new Date(atMs).toISOString()
  const { labels, annotations, startsAt, endsAt, generatorURL } = alert
  return {
    v: CONTRACT_VERSION,
    time,
    source: 'notifier',
    state,
    ...facts,
    alertname: labels['alertname'] || NAMELESS,
    severity: severityOf(labels),
    labels,
    annotations,
    value: '',
    activeAt: startsAt,
    firedAt: startsAt,
    ...(state === 'resolved' ? { resolvedAt: endsAt } : {}),
    generatorURL,
    group: '',
    origin: 'posted',
    stages: { event: time },
  }
}
