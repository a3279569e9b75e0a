import type { Span } from '@opentelemetry/api'
import { extractTrace } from '../trace/propagate.ts'
import { withSpan } from '../trace/with-span.ts'
import type { HeldDelivery } from './delivery.ts'
import { type Outcome, runStages } from './run-stages.ts'
import type { Stages } from './stages.ts'

export interface HandleOptions {
  readonly stages: Stages
  readonly maxBytes: number
  /** Whether a span is made for each message. */
  readonly traced: boolean
  readonly stream: string
}

/** Runs a message through its stages, inside a consumer span that continues the publisher's trace. */
export function handleDelivery(delivery: HeldDelivery, options: HandleOptions): Outcome | Promise<Outcome> {
  const { stages, maxBytes, traced, stream } = options
  if (!traced) return runStages(stages, delivery, maxBytes)
  const parent = extractTrace(delivery.headers)
  const attributes = {
    'messaging.system': 'nats',
    'messaging.operation.name': 'process',
    'messaging.destination.name': delivery.subject,
    'messaging.message.body.size': delivery.data.byteLength,
    'tocsin.sequence': delivery.sequence,
  }
  const run = async (span: Span) => {
    const outcome = await runStages(stages, delivery, maxBytes)
    if ('error' in outcome)
      span.recordException(outcome.error instanceof Error ? outcome.error : String(outcome.error))
    return outcome
  }
  return withSpan(`process ${stream}`, run, { kind: 'consumer', parent, attributes })
}
