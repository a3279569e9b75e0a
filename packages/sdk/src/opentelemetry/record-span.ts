import { conventionKeys, type messagingMetrics } from '@tocsin/contract'
import { UNMATCHED } from '../http/request-labels.ts'
import type { Catalogued } from '../record/built-in-metrics.ts'
import type { SpanAwareRecorder, Uses } from '../record/create-recorder.ts'
import type { HistogramChild } from '../series/track-histogram.ts'
import {
  ERROR,
  type FinishedSpan,
  hasLocalParent,
  keptSpan,
  millisecondsOf,
  SERVER,
} from './finished-span.ts'
import { countOf, messageOperationOf, methodOf, queryOperationOf, textOf } from './span-conventions.ts'

type Messaging = Catalogued<typeof messagingMetrics>

/** In place of a destination's name that somebody made up for a while. */
const PASSING = '(temporary)'

/**
 * Records what a span says of a request, a query, an agent or messages in the built-in metrics, as the collector does
 * with spans that reach it by OTLP. What the application records itself is left to it.
 */
export function createSpanRecorder(
  messaging: Messaging,
  recorder: SpanAwareRecorder,
  ownUses: Uses,
): (span: FinishedSpan) => void {
  const recordMessages = createMessageRecorder(messaging)

  /** A server span within another of this process is a part of a request. */
  function recordRequest(span: FinishedSpan): void {
    const { attributes, duration } = span
    const method = methodOf(attributes)
    if (span.kind !== SERVER || method === '' || hasLocalParent(span)) return
    const route = textOf(attributes, conventionKeys.httpRoute) || UNMATCHED
    const status = countOf(attributes, conventionKeys.httpStatus) ?? 0
    recorder.recordHttpRequest(method, route, status, millisecondsOf(duration), keptSpan(span))
  }

  function recordQuery(span: FinishedSpan): void {
    const { attributes, duration } = span
    const system = textOf(attributes, conventionKeys.dbSystem)
    if (system === '' || span.kind === SERVER) return
    const operation = queryOperationOf(attributes, system)
    if (operation === '') return
    const table = textOf(attributes, conventionKeys.dbTable)
    recorder.recordDatabaseQuery(operation, table, span.status.code !== ERROR, millisecondsOf(duration))
  }

  /** Calls of models are parts of executions, whose tokens would count twice. */
  function recordAgent(span: FinishedSpan): void {
    const { attributes, duration } = span
    if (textOf(attributes, conventionKeys.agentOperation) !== 'invoke_agent') return
    const agent = textOf(attributes, conventionKeys.agentName) || 'unnamed'
    const input = countOf(attributes, conventionKeys.agentInput)
    const output = countOf(attributes, conventionKeys.agentOutput)
    const tokens = input === undefined && output === undefined ? undefined : (input ?? 0) + (output ?? 0)
    recorder.recordAgentExecution(agent, outcomeOf(span), millisecondsOf(duration), tokens)
  }

  return (span) => {
    if (!ownUses.http) recordRequest(span)
    if (!ownUses.database) recordQuery(span)
    if (!ownUses.agents) recordAgent(span)
    recordMessages(span)
  }
}

function createMessageRecorder(metrics: Messaging): (span: FinishedSpan) => void {
  return (span) => {
    const { attributes, kind } = span
    const system = textOf(attributes, conventionKeys.messagingSystem)
    const operation = system === '' ? '' : messageOperationOf(attributes, kind)
    if (operation === '') return
    const isPassing = textOf(attributes, conventionKeys.messagingPassing) === 'true'
    const destination = isPassing ? PASSING : textOf(attributes, conventionKeys.messagingDestination)
    const labels = { system, destination, operation }
    const count = countOf(attributes, conventionKeys.messagingCount) ?? 1
    metrics.messagingMessagesTotal.inc({ ...labels, status: outcomeOf(span) }, count)
    const child = metrics.messagingOperationDurationSeconds.labels(labels) as HistogramChild
    child.observe(millisecondsOf(span.duration) / 1000, keptSpan(span))
  }
}

const outcomeOf = ({ status }: FinishedSpan): 'success' | 'error' =>
  status.code === ERROR ? 'error' : 'success'
