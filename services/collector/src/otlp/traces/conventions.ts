import { type Attributes, attributeText } from '../model/attributes.ts'
import type { Span } from '../model/span.ts'

// OpenTelemetry's semantic conventions, the stable names before those that came before them.
export const KEYS = {
  alertSeverity: ['alert.severity'],
  httpMethod: ['http.request.method', 'http.method'],
  httpRoute: ['http.route'],
  httpStatus: ['http.response.status_code', 'http.status_code'],
  dbSystem: ['db.system.name', 'db.system'],
  dbOperation: ['db.operation.name', 'db.operation'],
  dbTable: ['db.collection.name', 'db.sql.table', 'db.mongodb.collection', 'db.cassandra.table'],
  dbSummary: ['db.query.summary'],
  dbStatement: ['db.query.text', 'db.statement'],
  messagingSystem: ['messaging.system'],
  messagingOperation: ['messaging.operation.type', 'messaging.operation'],
  messagingDestination: [
    'messaging.destination.template',
    'messaging.destination.name',
    'messaging.destination',
  ],
  messagingPassing: ['messaging.destination.temporary', 'messaging.destination.anonymous'],
  messagingCount: ['messaging.batch.message_count'],
  agentOperation: ['gen_ai.operation.name'],
  agentName: ['gen_ai.agent.name'],
  agentInput: ['gen_ai.usage.input_tokens', 'gen_ai.usage.prompt_tokens'],
  agentOutput: ['gen_ai.usage.output_tokens', 'gen_ai.usage.completion_tokens'],
} as const satisfies Record<string, readonly string[]>

/** What a span has to say for its metrics and events. */
export const CONVENTIONAL_KEYS: readonly string[] = Object.values(KEYS).flat()

/** The first of some attributes that is there, as text; empty when none is. */
export function textOf({ wanted }: { readonly wanted: Attributes }, keys: readonly string[]): string {
  for (const key of keys) {
    const text = attributeText(wanted.get(key))
    if (text !== '') return text
  }
  return ''
}

/** The first of some attributes that is there, as a whole number from 0; undefined when none is, or it is no such number. */
export function countOf(span: Pick<Span, 'wanted'>, keys: readonly string[]): number | undefined {
  const text = textOf(span, keys)
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined
}

export function outcomeOf({ status }: Pick<Span, 'status'>): 'success' | 'error' {
  return status === 'error' ? 'error' : 'success'
}

/** Seconds; 0 for a span that ends before it starts. */
export function secondsOf({ durationMs }: Pick<Span, 'durationMs'>): number {
  return Math.max(0, durationMs) / 1000
}
