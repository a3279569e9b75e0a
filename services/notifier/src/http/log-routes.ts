import type { JsMsg } from '@nats-io/jetstream'
import { deliveryEvent, deliveryOutcome, deadLetterHeaders as h, severity } from '@tocsin/contract'
import { type Bus, HttpError } from '@tocsin/runtime'
import type { Express } from 'express'
import { z } from 'zod'
import { readLog } from '../delivery/read-log.ts'

const limit = z.coerce.number().int().min(1).max(1000).default(100)

const deliveryQuery = z.strictObject({
  outcome: deliveryOutcome.optional(),
  channel: z.string().min(1).optional(),
  kind: z.enum(['alerts', 'message', 'digest']).optional(),
  severity: severity.optional(),
  reason: z.string().optional(),
  notification: z.string().optional(),
  groupKey: z.string().optional(),
  fingerprint: z.string().optional(),
  limit,
})

const letterQuery = z.strictObject({ reason: z.string().min(1).optional(), limit })

const SHOWN_BYTES = 4096

/** What was sent, and what was refused, newest first. */
export function addLogRoutes(http: Express, bus: Bus): void {
  http.get('/api/v1/deliveries', async (request, response) => {
    const { limit: most, fingerprint, ...equal } = queryOf(deliveryQuery, request.query)
    const wanted = Object.entries(equal)
    const deliveries = await readLog(bus, {
      stream: 'DELIVERIES',
      filterSubject: deliverySubject(bus, equal.outcome, equal.channel),
      limit: most,
      read(message) {
        const { data: entry } = deliveryEvent.safeParse(jsonOf(message))
        if (!entry || (fingerprint !== undefined && !entry.fingerprints.includes(fingerprint)))
          return undefined
        const fields: Readonly<Record<string, unknown>> = entry
        return wanted.every(([name, value]) => value === undefined || fields[name] === value)
          ? entry
          : undefined
      },
    })
    response.json({ deliveries })
  })

  http.get('/api/v1/dead-letters', async (request, response) => {
    const { limit: most, reason } = queryOf(letterQuery, request.query)
    const deadLetters = await readLog(bus, {
      stream: 'DEAD_LETTERS',
      filterSubject: reason === undefined ? anyReason(bus) : bus.subjects.deadLetter('notifier', reason),
      limit: most,
      read: letterOf,
    })
    response.json({ deadLetters })
  })
}

function queryOf<Schema extends z.ZodType>(schema: Schema, query: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(query)
  if (parsed.success) return parsed.data
  const faults = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'query'}: ${message}`)
  throw new HttpError(400, 'invalid_query', faults.join('; '))
}

/** NATS filters before we read, but only inside one of the stream's subjects, which each have one outcome. */
function deliverySubject(
  bus: Bus,
  outcome: z.infer<typeof deliveryOutcome> | undefined,
  channel: string | undefined,
) {
  if (outcome === undefined) return undefined
  return channel === undefined ? bus.subjects.allDeliveries(outcome) : bus.subjects.delivery(outcome, channel)
}

function anyReason(bus: Bus): string {
  const exact = bus.subjects.deadLetter('notifier', 'x')
  return `${exact.slice(0, exact.lastIndexOf('.'))}.*`
}

function letterOf(message: JsMsg) {
  const header = (name: string) => message.headers?.get(name) || undefined
  const body = new TextDecoder().decode(message.data.subarray(0, SHOWN_BYTES))
  return {
    sequence: message.seq,
    reason: header(h.reason),
    detail: header(h.detail),
    subject: header(h.subject),
    stream: header(h.stream),
    time: header(h.time),
    bytes: message.data.byteLength,
    body,
  }
}

function jsonOf(message: JsMsg): unknown {
  try {
    return message.json()
  } catch {
    return undefined
  }
}
