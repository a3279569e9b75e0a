import type { SpanEvent } from '@tocsin/contract'
import { attributeText } from '../model/attributes.ts'
import type { ResourceSpans } from '../model/span.ts'
import { originOf } from '../resource.ts'
import { createSourceBatches, type RequestIdentity, type SourceMessages } from '../source-batches.ts'
import { CONVENTIONAL_KEYS } from './conventions.ts'
import { createServiceSpans, type Overflow, type ServiceSpans, type TraceKnowledge } from './service-spans.ts'
import { createSpanEvents } from './span-events.ts'

export interface TranslatedTraces {
  readonly batches: readonly SourceMessages[]
  readonly events: readonly SpanEvent[]
  readonly counted: number
  /** Left out, since their application has counted them. */
  readonly countedBySdk: number
  readonly overflows: readonly Overflow[]
  readonly eventsOverLimit: number
  readonly eventsInvalid: number
}

/** The attributes of spans that are read for their metrics. */
export function wantedKeys(dimensions: readonly string[]): ReadonlySet<string> {
  return new Set([...CONVENTIONAL_KEYS, ...dimensions])
}

/** What the spans of a request are as metrics and events; in steps, since they may be many. */
export function* translateTraces(
  groups: Iterable<ResourceSpans>,
  knowledge: TraceKnowledge,
  request: RequestIdentity,
): Generator<void, TranslatedTraces> {
  const services = new Map<string, ServiceSpans>()
  const events = createSpanEvents(knowledge.budget)
  let counted = 0
  let countedBySdk = 0
  for (const { resource, spans } of groups) {
    const { service } = originOf(resource)
    const isCounted = attributeText(resource.get(SDK_COUNTS)) === 'true'
    const counts = services.get(service) ?? createServiceSpans(service, knowledge, request.nowMs)
    services.set(service, counts)
    for (const span of spans) {
      yield
      if (isCounted) {
        countedBySdk++
        continue
      }
      counted++
      counts.tally.observe(knowledge.observeSpan(span, service, resource))
      counts.observeBuiltIns(span)
      events.note(span, service)
    }
  }
  const batches = createSourceBatches(request)
  for (const [service, { tally }] of services) {
    yield
    tally.write(batches.writer(service), request.nowMs)
  }
  const { events: chosen, overLimit, invalid } = yield* events.finish(request.nowMs)
  return {
    batches: batches.finish(),
    events: chosen,
    counted,
    countedBySdk,
    overflows: [...services.values()].flatMap(({ overflows }) => overflows()),
    eventsOverLimit: overLimit,
    eventsInvalid: invalid,
  }
}

/** An application with the SDK says so of its spans, which it counts itself. */
const SDK_COUNTS = 'tocsin.sdk'
