import { z } from 'zod'
import { stringMap } from './envelope.ts'

/** One alert of Alertmanager's webhook. A firing alert's `endsAt` is `0001-01-01T00:00:00Z`. */
export const webhookAlert = z.object({
  status: z.enum(['firing', 'resolved']),
  labels: stringMap,
  annotations: stringMap,
  startsAt: z.string(),
  endsAt: z.string(),
  generatorURL: z.string(),
  fingerprint: z.string(),
})
export type WebhookAlert = z.infer<typeof webhookAlert>

/** Alertmanager's webhook body, version 4: what it posts to us, and what our webhook channel posts by default. */
export const webhookBody = z.object({
  version: z.literal('4'),
  groupKey: z.string(),
  truncatedAlerts: z.int().nonnegative().default(0),
  status: z.enum(['firing', 'resolved']),
  receiver: z.string(),
  groupLabels: stringMap,
  commonLabels: stringMap,
  commonAnnotations: stringMap,
  externalURL: z.string(),
  alerts: z.array(webhookAlert).min(1),
})
export type WebhookBody = z.infer<typeof webhookBody>

/** The `endsAt` of an alert that has not ended: Go's zero time. */
export const ZERO_TIME = '0001-01-01T00:00:00Z'
