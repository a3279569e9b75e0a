import type { z } from 'zod'
import { adaptiveCard } from '../render/adaptive-card.ts'
import { postsToWebhookUrl, webhookUrlSettings } from './posts-to-webhook-url.ts'
import { text } from './settings/fields.ts'

const settings = webhookUrlSettings({ title: text.optional(), text: text.optional() })
export type Msteamsv2Settings = z.infer<typeof settings>

/** Workflows of Microsoft Teams (Power Automate) that post a card. */
export const msteamsv2 = postsToWebhookUrl<Msteamsv2Settings>({
  kind: 'msteamsv2',
  configKey: 'msteamsv2_configs',
  settings,
  concurrency: 2,
  message: adaptiveCard,
})
