import type { AlertEvent, DeliveryEvent } from '@tocsin/contract'

/** One thing that happened to an alert, or was done about it. */
export interface StoryLine {
  readonly time: string
  readonly what: AlertEvent['state'] | DeliveryEvent['outcome']
  readonly title: string
  readonly fingerprints: readonly string[]
  readonly stages: DeliveryEvent['stages']
  /** Of what the notifier did; an alert's own transitions have none. */
  readonly delivery?: Pick<
    DeliveryEvent,
    | 'notification'
    | 'channel'
    | 'receiver'
    | 'kind'
    | 'attempt'
    | 'reason'
    | 'detail'
    | 'durationMs'
    | 'fallback'
    | 'fellBackTo'
  >
}

/** What happened to an alert, in order: its transitions, and every attempt to tell somebody. */
export function storyOf(
  transitions: readonly AlertEvent[],
  deliveries: readonly DeliveryEvent[],
): readonly StoryLine[] {
  const told = deliveries.map((entry): StoryLine => {
    const { time, outcome, title, fingerprints, stages, notification, channel, receiver, kind } = entry
    const { attempt, reason, detail, durationMs, fallback, fellBackTo } = entry
    const delivery = { notification, channel, receiver, kind, attempt, reason, durationMs }
    return {
      time,
      what: outcome,
      title,
      fingerprints,
      stages,
      delivery: {
        ...delivery,
        ...(detail === undefined ? {} : { detail }),
        ...(fallback === undefined ? {} : { fallback }),
        ...(fellBackTo === undefined ? {} : { fellBackTo }),
      },
    }
  })
  const happened = transitions.map(
    ({ time, state, alertname, annotations, fingerprint, stages }): StoryLine => {
      const { summary } = annotations
      const title = summary ? `${alertname} — ${summary}` : alertname
      return { time, what: state, title, fingerprints: [fingerprint], stages }
    },
  )
  return [...happened, ...told].sort((a, b) => Date.parse(a.time) - Date.parse(b.time))
}
