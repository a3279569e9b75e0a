import type { JsMsg } from '@nats-io/jetstream'
import { type AlertEvent, alertEvent, type DeliveryEvent, deliveryEvent } from '@tocsin/contract'
import type { Bus } from '@tocsin/runtime'
import { type LogPage, readLog } from './read-log.ts'
import { type StoryLine, storyOf } from './story.ts'

export interface DeliveryFilter extends Span {
  readonly fingerprint?: string | undefined
  readonly alertname?: string | undefined
  /** Fields that must have exactly these values. */
  readonly equal: Partial<
    Pick<
      DeliveryEvent,
      'outcome' | 'channel' | 'receiver' | 'kind' | 'severity' | 'reason' | 'notification' | 'groupKey'
    >
  >
}

interface Span {
  readonly sinceMs?: number | undefined
  readonly untilMs?: number | undefined
  readonly limit: number
}

type LogBus = Pick<Bus, 'js' | 'jsm' | 'streamName' | 'subjects'>

/** Lines of the delivery log, newest first. */
export function readDeliveries(
  bus: LogBus,
  { fingerprint, alertname, equal, ...span }: DeliveryFilter,
): Promise<LogPage<DeliveryEvent>> {
  const wanted = Object.entries(equal).filter(([, value]) => value !== undefined)
  return readLog(bus, {
    ...span,
    stream: 'DELIVERIES',
    filterSubject: deliverySubject(bus, equal),
    read(message) {
      const { data: entry } = deliveryEvent.safeParse(jsonOf(message))
      if (!entry) return undefined
      if (fingerprint !== undefined && !entry.fingerprints.includes(fingerprint)) return undefined
      if (alertname !== undefined && !entry.alertnames?.includes(alertname)) return undefined
      const fields: Readonly<Record<string, unknown>> = entry
      return wanted.every(([name, value]) => fields[name] === value) ? entry : undefined
    },
  })
}

/** The story of one alert, by its name or its fingerprint, oldest first. */
export async function readStory(
  bus: LogBus,
  alert: string,
  span: Span,
): Promise<{ readonly lines: readonly StoryLine[]; readonly complete: boolean }> {
  const fingerprint = /^[0-9a-f]{16}$/.test(alert) ? alert : undefined
  const named = fingerprint === undefined ? { alertname: alert } : { fingerprint }
  const deliveries = await readDeliveries(bus, { ...span, ...named, equal: {} })
  const subjects = transitionsOf(bus, fingerprint === undefined ? alert : nameIn(deliveries.found))
  const transitions = await Promise.all(
    subjects.map((filterSubject) =>
      readLog(bus, {
        ...span,
        stream: 'ALERTS',
        filterSubject,
        read(message): readonly AlertEvent[] | undefined {
          const events = eventsOf(jsonOf(message)).filter(
            // What is told directly was published before.
            (event) => !event.direct && (fingerprint === undefined || event.fingerprint === fingerprint),
          )
          return events.length > 0 ? events : undefined
        },
      }),
    ),
  )
  // What was posted is stored once more when it is tried again.
  const once = new Map(transitions.flatMap(({ found }) => found.flat()).map((event) => [event.id, event]))
  const events = [...once.values()].sort((a, b) => Date.parse(b.time) - Date.parse(a.time))
  const pages = [deliveries, ...transitions]
  const complete =
    events.length < span.limit && pages.every((page) => page.complete && page.found.length < span.limit)
  return { lines: storyOf(events.slice(0, span.limit), deliveries.found), complete }
}

/** Of one alert alone: a digest or a group may name several. */
function nameIn(deliveries: readonly DeliveryEvent[]): string | undefined {
  const alone = deliveries.find(({ alertnames }) => alertnames?.length === 1)
  return alone?.alertnames?.[0]
}

/** The subjects of an alert's transitions: as the evaluator tells them, and as they were posted. */
function transitionsOf({ subjects }: LogBus, alertname: string | undefined): readonly (string | undefined)[] {
  if (alertname === undefined) return [undefined]
  return [subjects.alertsNamed(alertname), subjects.postedAlerts(alertname)]
}

/** One transition, or those of posted alerts. */
function eventsOf(json: unknown): readonly AlertEvent[] {
  return (Array.isArray(json) ? json : [json]).flatMap((one) => alertEvent.safeParse(one).data ?? [])
}

/** NATS filters before we read, but only inside one of the stream's subjects, which each have one outcome. */
function deliverySubject(bus: LogBus, { outcome, channel }: DeliveryFilter['equal']): string | undefined {
  if (outcome === undefined) return undefined
  return channel === undefined ? bus.subjects.allDeliveries(outcome) : bus.subjects.delivery(outcome, channel)
}

function jsonOf(message: JsMsg): unknown {
  try {
    return message.json()
  } catch {
    return undefined
  }
}
