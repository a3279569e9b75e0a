import type { z } from 'zod'
import type { SendOutcome } from '../delivery/channel.ts'
import { teamsCard } from '../render/teams-card.ts'
import type { HttpAnswer } from './http-outcome.ts'
import { postsToWebhookUrl, webhookUrlSettings } from './posts-to-webhook-url.ts'
import { text } from './settings/fields.ts'

const settings = webhookUrlSettings({
  title: text.optional(),
  summary: text.optional(),
  text: text.optional(),
})
export type MsteamsSettings = z.infer<typeof settings>

/** Connectors of Office 365 in Microsoft Teams; new ones are workflows, see msteamsv2. */
export const msteams = postsToWebhookUrl<MsteamsSettings>({
  kind: 'msteams',
  configKey: 'msteams_configs',
  settings,
  concurrency: 2,
  judge: outcomeWithin,
  message: teamsCard,
})

/** A connector answers 200 even where Teams behind it did not take the message; the text tells. */
function outcomeWithin({ status, body }: HttpAnswer): SendOutcome | undefined {
  const [, inner] = /endpoint returned HTTP error (\d{3})/i.exec(body) ?? []
  if (status !== 200 || inner === undefined) return undefined
  const outcome = { reason: `http_${inner}`, detail: body }
  return /^4(?!08|29)/.test(inner) ? { result: 'refused', ...outcome } : { result: 'retry', ...outcome }
}
