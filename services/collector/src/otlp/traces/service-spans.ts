import type { Span } from '../model/span.ts'
import type { ChooseBuiltIn } from './choose-built-in.ts'
import type { EventBudget } from './event-budget.ts'
import { observeAgents } from './observe-agents.ts'
import { observeDatabase } from './observe-database.ts'
import { observeHttp } from './observe-http.ts'
import { observeMessaging } from './observe-messaging.ts'
import type { ObserveSpan } from './observe-span.ts'
import type { SeriesLimit } from './series-limit.ts'
import type { SpanMetric } from './span-metric.ts'
import { createSpanTally, type SpanTally } from './span-tally.ts'

/** What translations of spans share, from request to request. */
export interface TraceKnowledge {
  readonly observeSpan: ObserveSpan
  readonly chooseBuiltIn: ChooseBuiltIn
  readonly limit: SeriesLimit
  readonly budget: EventBudget
}

/** Spans of a service that were counted without their labels. */
export interface Overflow {
  readonly service: string
  readonly metric: string
  readonly spans: number
}

const BUILT_INS = [observeHttp, observeDatabase, observeMessaging, observeAgents] as const

/** What one request's spans of one service come to. */
export interface ServiceSpans {
  readonly tally: SpanTally
  observeBuiltIns(span: Span): void
  overflows(): readonly Overflow[]
}

export function createServiceSpans(
  service: string,
  { chooseBuiltIn, limit }: TraceKnowledge,
  nowMs: number,
): ServiceSpans {
  const overflowing = new Map<SpanMetric, number>()
  const chosen = new Map<SpanMetric, boolean>()
  const tally = createSpanTally({
    service,
    admit: ({ name }, labelSet) => limit.admit(service, name, labelSet, nowMs),
    onOverflow: (metric) => overflowing.set(metric, (overflowing.get(metric) ?? 0) + 1),
  })

  function isChosen(metric: SpanMetric): boolean {
    const known = chosen.get(metric) ?? chooseBuiltIn(service, metric, nowMs)
    chosen.set(metric, known)
    return known
  }

  return {
    tally,
    observeBuiltIns(span) {
      if (span.wanted.size === 0) return
      for (const observe of BUILT_INS)
        for (const observation of observe(span)) if (isChosen(observation.metric)) tally.observe(observation)
    },
    overflows: () => [...overflowing].map(([{ name }, spans]) => ({ service, metric: name, spans })),
  }
}
