import { randomBytes } from 'node:crypto'

const operations = ['GET /basket', 'POST /checkout', 'charge card'] as const
const SERVER = 2
const CLIENT = 3
const ERROR = 2

/** Sends spans as an application with OpenTelemetry does: OTLP over HTTP, as JSON. Rejects when they are refused. */
export async function sendSpans(url: string, count: number): Promise<void> {
  const spans = Array.from({ length: count }, (_, index) => {
    const name = operations[index % operations.length] ?? operations[0]
    const took = BigInt(Math.round((5 + 60 * Math.random()) * 1e6))
    const end = BigInt(Date.now()) * 1_000_000n
    return {
      traceId: randomBytes(16).toString('hex'),
      spanId: randomBytes(8).toString('hex'),
      name,
      kind: name === 'charge card' ? CLIENT : SERVER,
      startTimeUnixNano: String(end - took),
      endTimeUnixNano: String(end),
      attributes: [],
      status: Math.random() < 0.03 ? { code: ERROR, message: 'the card was declined' } : {},
    }
  })
  const service = { key: 'service.name', value: { stringValue: 'checkout' } }
  const response = await fetch(`${url}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      resourceSpans: [{ resource: { attributes: [service] }, scopeSpans: [{ spans }] }],
    }),
  })
  const answer = await response.text()
  if (!response.ok) throw new Error(`the spans were refused: ${response.status} ${answer}`)
}
