import { z } from 'zod'

const part = z.object({ name: z.string(), type: z.string(), content: z.string() })

const integration = z.object({
  channel: z.string(),
  type: z.string(),
  silent: z.string().optional(),
  error: z.string().optional(),
  faults: z.array(z.string()).default([]),
  parts: z.array(part).default([]),
})
export type IntegrationPreview = z.infer<typeof integration>

const route = z.object({
  route: z.string(),
  path: z.array(z.string()),
  receiver: z.string(),
  group: z.object({ key: z.string(), labels: z.record(z.string(), z.string()) }),
  timing: z.object({ waitMs: z.number(), intervalMs: z.number(), repeatMs: z.number().optional() }),
  digest: z.string().optional(),
  fallback: z.string().optional(),
  mutedBy: z.array(z.object({ by: z.string(), ids: z.array(z.string()) })),
  integrations: z.array(integration),
})
export type RoutePreview = z.infer<typeof route>

/** What the notifier says an alert would lead to. */
export const previewAnswer = z.object({
  status: z.string(),
  severity: z.string(),
  fingerprint: z.string(),
  asked: z.array(z.object({ route: z.string(), depth: z.number(), matched: z.boolean(), why: z.string() })),
  routes: z.array(route),
})
export type PreviewAnswer = z.infer<typeof previewAnswer>

/** What came of trying a receiver. */
export const testAnswer = z.object({
  receiver: z.string(),
  integrations: z.array(
    z.object({
      channel: z.string(),
      type: z.string(),
      result: z.string(),
      reason: z.string(),
      detail: z.string().optional(),
      durationMs: z.number(),
    }),
  ),
})
