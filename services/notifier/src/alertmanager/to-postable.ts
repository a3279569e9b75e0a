import type { Course } from './course.ts'
import type { PostableAlert } from './post-alerts.ts'

/** How many resends may be missed before Alertmanager takes an alert for over: as Prometheus. */
const RESENDS_MISSED = 4

/** An alert as it stands, as Alertmanager is told of it at this moment. Milliseconds. */
export function toPostable({ event }: Course, nowMs: number, resendMs: number): PostableAlert {
  const startsAt = event.firedAt ?? event.activeAt
  const endedAt = event.resolvedAt ?? event.time
  const endsAt =
    event.state === 'firing'
      ? new Date(nowMs + RESENDS_MISSED * resendMs).toISOString()
      : new Date(Math.max(Date.parse(endedAt), Date.parse(startsAt))).toISOString()
  return {
    labels: withoutEmpty(event.labels),
    annotations: event.annotations,
    startsAt,
    endsAt,
    generatorURL: event.generatorURL ?? '',
  }
}

/** As Alertmanager sees a label set: an empty value is none. */
export function withoutEmpty(labels: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== ''))
}
