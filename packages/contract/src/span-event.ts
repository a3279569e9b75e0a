import { z } from 'zod'
import { envelope, timestamp } from './envelope.ts'
import { severity } from './severity.ts'

const attributeValue = z.union([z.string().max(4096), z.number(), z.boolean()])

/**
 * One span that somebody may have to know of, on `<prefix>.spans.<service>`: it failed, or it carries `alert.severity`.
 * Every other span only becomes metrics. Source: OpenTelemetry's trace data model.
 */
export const spanEvent = z.object({
  ...envelope,
  service: z.string().min(1).max(256).describe('service.name'),
  traceId: z.string().regex(/^[0-9a-f]{32}$/),
  spanId: z.string().regex(/^[0-9a-f]{16}$/),
  parentSpanId: z
    .string()
    .regex(/^[0-9a-f]{16}$/)
    .optional(),
  name: z.string().max(1024),
  kind: z.enum(['unspecified', 'internal', 'server', 'client', 'producer', 'consumer']),
  status: z.enum(['unset', 'ok', 'error']),
  statusMessage: z.string().max(1024).optional(),
  startedAt: timestamp,
  durationMs: z.number().nonnegative(),
  attributes: z.record(z.string().max(256), attributeValue).describe("the span's own, at most 64 of them"),
  exception: z
    .object({ type: z.string().max(256).optional(), message: z.string().max(4096).optional() })
    .optional()
    .describe('the last exception event of the span'),
  severity: severity.optional().describe('the attribute alert.severity'),
})
export type SpanEvent = z.infer<typeof spanEvent>
