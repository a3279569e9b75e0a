import { agentMetrics, conventionKeys } from '@tocsin/contract'
import type { Span } from '../model/span.ts'
import { countOf, outcomeOf, secondsOf, textOf } from './conventions.ts'
import { spanMetric } from './span-metric.ts'
import type { Observation } from './span-tally.ts'

const EXECUTIONS = spanMetric([agentMetrics.agentExecutionsTotal, agentMetrics.agentExecutionDurationSeconds])
const TOKENS = spanMetric([agentMetrics.agentTokensTotal])

const INVOKE = 'invoke_agent'
const UNNAMED = 'unnamed'

/**
 * An execution of an agent, and the tokens that its span names. Calls of models are parts of executions, whose tokens
 * would count twice.
 */
export function* observeAgents(span: Span): Generator<Observation> {
  if (textOf(span, conventionKeys.agentOperation) !== INVOKE) return
  const agent = textOf(span, conventionKeys.agentName) || UNNAMED
  const duration = secondsOf(span)
  yield { metric: EXECUTIONS, values: [agent, outcomeOf(span)], count: 1, duration, span }
  const input = countOf(span, conventionKeys.agentInput)
  const output = countOf(span, conventionKeys.agentOutput)
  if (input === undefined && output === undefined) return
  yield { metric: TOKENS, values: [agent], count: (input ?? 0) + (output ?? 0), duration, span }
}
