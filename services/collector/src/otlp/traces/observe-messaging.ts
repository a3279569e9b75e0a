import { conventionKeys, messagingMetrics } from '@tocsin/contract'
import type { Span, SpanKind } from '../model/span.ts'
import { countOf, outcomeOf, secondsOf, textOf } from './conventions.ts'
import { spanMetric } from './span-metric.ts'
import type { Observation } from './span-tally.ts'

const MESSAGES = spanMetric([messagingMetrics.messagingMessagesTotal])
const DURATIONS = spanMetric([messagingMetrics.messagingOperationDurationSeconds])

/** What the conventions called it before. */
const RENAMED: ReadonlyMap<string, string> = new Map([
  ['publish', 'send'],
  ['deliver', 'process'],
])
const BY_KIND: Readonly<Partial<Record<SpanKind, string>>> = { producer: 'send', consumer: 'process' }
/** In place of a name that somebody made up for a while. */
const PASSING = '(temporary)'
const MOST_CHARACTERS = 64

/** What was done with a message, or with a batch of them. */
export function* observeMessaging(span: Span): Generator<Observation> {
  const system = textOf(span, conventionKeys.messagingSystem)
  if (system === '') return
  const named = textOf(span, conventionKeys.messagingOperation)
  const operation = (RENAMED.get(named) ?? named).slice(0, MOST_CHARACTERS) || (BY_KIND[span.kind] ?? '')
  if (operation === '') return
  const isPassing = textOf(span, conventionKeys.messagingPassing) === 'true'
  const destination = isPassing ? PASSING : textOf(span, conventionKeys.messagingDestination)
  const values = [system, destination, operation]
  const count = countOf(span, conventionKeys.messagingCount) ?? 1
  const duration = secondsOf(span)
  yield { metric: MESSAGES, values: [...values, outcomeOf(span)], count, duration, span }
  yield { metric: DURATIONS, values, count, duration, span }
}
