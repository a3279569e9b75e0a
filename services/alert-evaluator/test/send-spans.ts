import { randomBytes } from 'node:crypto'
import type { ServiceUnderTest } from '@tocsin/testkit'
import { expect } from 'vitest'

export interface SpansToSend {
  readonly name: string
  readonly count?: number
  readonly failed?: number
  readonly durationMs?: number
  readonly attributes?: Readonly<Record<string, string>>
  readonly statusMessage?: string
  /** OTLP's numbers: 1 internal, 2 server, 3 client. */
  readonly kind?: number
}

/** Sends server spans of a service to a collector by OTLP; gives the id of their trace. */
export async function sendSpans(
  collector: ServiceUnderTest,
  service: string,
  spans: readonly SpansToSend[],
): Promise<string> {
  const traceId = randomBytes(16).toString('hex')
  const endMs = Date.now()
  const text = (key: string, value: string) => ({ key, value: { stringValue: value } })
  const written = spans.flatMap((one) => {
    const { name, count = 1, failed = 0, durationMs = 5, attributes = {}, statusMessage, kind = 2 } = one
    return Array.from({ length: count }, (_, i) => ({
      traceId,
      spanId: randomBytes(8).toString('hex'),
      name,
      kind,
      startTimeUnixNano: `${endMs - durationMs}000000`,
      endTimeUnixNano: `${endMs}000000`,
      attributes: Object.entries(attributes).map(([key, value]) => text(key, value)),
      status: i < failed ? { code: 2, message: statusMessage ?? 'failed' } : {},
    }))
  })
  const resource = { attributes: [text('service.name', service)] }
  const body = { resourceSpans: [{ resource, scopeSpans: [{ spans: written }] }] }
  const answer = await fetch(`http://127.0.0.1:${collector.ports['OTLP_PORT']}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  expect(answer.status).toBe(200)
  return traceId
}
