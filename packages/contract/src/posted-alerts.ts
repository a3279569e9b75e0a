import { z } from 'zod'
import { envelope, stringMap, timestamp } from './envelope.ts'

/** An alert as somebody posted it to `/api/v2/alerts`, with what it left out. */
export const postedAlert = z.object({
  labels: stringMap.describe('all of them, none empty'),
  annotations: stringMap,
  startsAt: timestamp,
  endsAt: timestamp.describe('it fires until then, unless it is posted again'),
  timeout: z.boolean().describe('no end was given: it ends by not being posted again'),
  generatorURL: z.string(),
})
export type PostedAlert = z.infer<typeof postedAlert>

/** The valid alerts of one request, on `<prefix>.outbox.posted`; `time` is when it was accepted. */
export const postedAlerts = z.object({ ...envelope, alerts: z.array(postedAlert).min(1) })
export type PostedAlerts = z.infer<typeof postedAlerts>
