import { z } from 'zod'
import { stages } from './alert-event.ts'
import { webhookAlert } from './alertmanager-webhook.ts'
import { envelope, stringMap, timestamp } from './envelope.ts'
import { severity } from './severity.ts'

/** Facts that go with a message: any JSON values, shown as a table. */
export const metadata = z.record(z.string(), z.unknown())

/**
 * A message to send: `notify(title, message, severity, metadata)`, from anyone. Published by hand, only
 * `title` is needed.
 */
export const notificationRequest = z.object({
  v: envelope.v.optional(),
  id: envelope.id.optional(),
  time: timestamp.optional(),
  source: envelope.source.optional(),
  title: z.string().min(1).max(500),
  message: z.string().max(20_000).default(''),
  severity: severity.default('medium'),
  metadata: metadata.default({}),
})
export type NotificationRequest = z.infer<typeof notificationRequest>

/** Who was to be told at first, and why others are told instead. */
const fallbackOf = z.object({
  receiver: z.string(),
  channel: z.string(),
  reason: z.string().describe('why the first one could not be told; low in cardinality'),
  notification: z.string().describe('the id of the outbox message that could not be delivered'),
})
export type FallbackOf = z.infer<typeof fallbackOf>

const outboxBase = {
  ...envelope,
  channel: z.string().min(1).describe('which adapter sends it'),
  receiver: z.string().min(1).describe('which receiver of the policy it is for'),
  route: z.string().optional().describe("the key of the policy's route that it came by"),
  fallback: fallbackOf.optional().describe('set on what goes to a fallback receiver'),
  heldFor: z
    .string()
    .optional()
    .describe('in the digest queue: the one channel it is held for, since that is over its rate limit'),
  severity,
  groupKey: z.string().min(1).describe('messages of one group keep their order'),
  stages,
}

const outboxAlerts = z.object({
  ...outboxBase,
  kind: z.literal('alerts'),
  status: z.enum(['firing', 'resolved']),
  groupLabels: stringMap,
  commonLabels: stringMap,
  commonAnnotations: stringMap,
  externalURL: z.string(),
  truncatedAlerts: z.int().nonnegative(),
  alerts: z.array(webhookAlert).min(1),
})

const outboxMessage = z.object({
  ...outboxBase,
  kind: z.literal('message'),
  title: z.string(),
  message: z.string(),
  metadata,
})

export const digestEntry = z.object({
  id: z.string(),
  time: timestamp,
  severity,
  title: z.string(),
  text: z.string(),
  status: z.enum(['firing', 'resolved', 'message']),
  labels: stringMap,
  fired: z
    .int()
    .nonnegative()
    .optional()
    .describe('how often it began to fire, where that is more than once'),
  since: timestamp.optional().describe('the first of those times'),
  metadata: metadata.optional().describe('what a message came with; what is long is cut short'),
})
export type DigestEntry = z.infer<typeof digestEntry>

const outboxDigest = z.object({
  ...outboxBase,
  kind: z.literal('digest'),
  from: timestamp,
  to: timestamp,
  entries: z.array(digestEntry).min(1),
})

/** A notification on its way to one receiver through one channel, on `<prefix>.outbox.<channel>`. */
export const outboxEvent = z.discriminatedUnion('kind', [outboxAlerts, outboxMessage, outboxDigest])
export type OutboxEvent = z.infer<typeof outboxEvent>
export type OutboxAlerts = z.infer<typeof outboxAlerts>
export type OutboxMessage = z.infer<typeof outboxMessage>
export type OutboxDigest = z.infer<typeof outboxDigest>

export const deliveryOutcome = z.enum(['delivered', 'failed', 'suppressed', 'dead'])

/** One line of the delivery log: an attempt, or the decision to make none. */
export const deliveryEvent = z.object({
  ...envelope,
  outcome: deliveryOutcome,
  channel: z.string(),
  receiver: z.string(),
  notification: z.string().describe('the id of the outbox message'),
  kind: z.enum(['alerts', 'message', 'digest']),
  groupKey: z.string(),
  severity,
  title: z.string(),
  fingerprints: z.array(z.string()),
  alertnames: z.array(z.string()).optional().describe('of the alerts that it tells'),
  attempt: z.int().nonnegative(),
  reason: z.string().describe('low in cardinality: ok, http_500, timeout, silenced, …'),
  detail: z.string().optional().describe('what the channel said; secrets redacted'),
  fallback: fallbackOf.optional().describe('whom this was for at first'),
  fellBackTo: z.string().optional().describe('the receiver that is told instead from here on'),
  durationMs: z.number().nonnegative(),
  stages,
})
export type DeliveryEvent = z.infer<typeof deliveryEvent>
