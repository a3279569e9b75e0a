import { z } from 'zod'
import { discordMessage } from '../render/discord-message.ts'
import { retryIn } from './http-outcome.ts'
import { postsToWebhookUrl, webhookUrlSettings } from './posts-to-webhook-url.ts'
import { text } from './settings/fields.ts'

const settings = webhookUrlSettings({
  title: text.optional(),
  message: text.optional(),
  /** Beside the embed: the place for mentions. */
  content: text.optional(),
  username: text.optional(),
  avatar_url: text.optional(),
})
export type DiscordSettings = z.infer<typeof settings>

const limited = z.object({ retry_after: z.number().nonnegative() })

/** Discord's webhooks. */
export const discord = postsToWebhookUrl<DiscordSettings>({
  kind: 'discord',
  configKey: 'discord_configs',
  settings,
  // Discord allows five messages in two seconds.
  concurrency: 1,
  // Seconds, more exactly than the header has them.
  judge: (answer) => retryIn(answer, limited, ({ retry_after }) => retry_after),
  message: discordMessage,
})
