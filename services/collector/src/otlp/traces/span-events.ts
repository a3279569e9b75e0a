import type { SpanEvent } from '@tocsin/contract'
import type { Span } from '../model/span.ts'
import type { EventBudget } from './event-budget.ts'
import { asksForAlert, spanEventOf } from './span-event-of.ts'

/** The spans of one request that somebody may have to know of. */
export interface SpanEvents {
  /** Notes a span, if it failed or asks for an alert. */
  note(span: Span, service: string): void
  /** Those that may go out, what asks for an alert first; each span's event is made only now, in steps. */
  finish(nowMs: number): Generator<void, ChosenEvents>
}

export interface ChosenEvents {
  readonly events: readonly SpanEvent[]
  /** Kept back by the budget. */
  readonly overLimit: number
  readonly invalid: number
}

interface Noted {
  readonly span: Span
  readonly service: string
}

export function createSpanEvents(budget: EventBudget): SpanEvents {
  const alerting: Noted[] = []
  const failed: Noted[] = []
  return {
    note(span, service) {
      if (asksForAlert(span)) alerting.push({ span, service })
      else if (span.status === 'error') failed.push({ span, service })
    },
    *finish(nowMs) {
      const events: SpanEvent[] = []
      let overLimit = 0
      let invalid = 0
      const choose = ({ span, service }: Noted, urgent: boolean) => {
        if (!budget.take(service, urgent, nowMs)) {
          overLimit++
          return
        }
        const event = spanEventOf(span, service, nowMs)
        if (event) events.push(event)
        else invalid++
      }
      for (const noted of alerting) {
        choose(noted, true)
        yield
      }
      for (const noted of failed) {
        choose(noted, false)
        yield
      }
      return { events, overLimit, invalid }
    },
  }
}
