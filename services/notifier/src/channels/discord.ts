import { z } from 'zod'
import { discordMessage } from '../render/discord-message.ts'
import type { ChannelKindDefinition } from './channel-kind.ts'
import { createHttpChannel } from './http-channel.ts'
import { type HttpAnswer, retryIn } from './http-outcome.ts'
import { checks, needs, onlyOne, text, webUrl } from './settings/fields.ts'
import { httpConfig } from './settings/http-config.ts'
import { createSecrets } from './settings/secrets.ts'

const settings = z
  .strictObject({
    webhook_url: webUrl.optional(),
    webhook_url_file: text.optional(),
    title: text.optional(),
    message: text.optional(),
    /** Beside the embed: the place for mentions. */
    content: text.optional(),
    username: text.optional(),
    avatar_url: text.optional(),
    http_config: httpConfig.optional(),
  })
  .superRefine(checks(needs(['webhook_url', 'webhook_url_file']), onlyOne('webhook_url', 'webhook_url_file')))
export type DiscordSettings = z.infer<typeof settings>

const limited = z.object({ retry_after: z.number().nonnegative() })

/** Discord's webhooks. */
export const discord: ChannelKindDefinition<DiscordSettings> = {
  kind: 'discord',
  configKey: 'discord_configs',
  settings,
  globals: { http_config: { field: 'http_config', schema: httpConfig } },
  sendResolved: true,
  secretFields: ['webhook_url'],
  create(given, deps) {
    const secrets = createSecrets()
    const url = secrets.address(given.webhook_url, given.webhook_url_file)
    return createHttpChannel(deps, {
      // Discord allows five messages in two seconds.
      concurrency: 1,
      http: given.http_config,
      secrets,
      // Seconds, more exactly than the header has them.
      judge: (answer: HttpAnswer) => retryIn(answer, limited, ({ retry_after }) => retry_after),
      calls: async (event, say) => [
        { url: await url(), body: JSON.stringify(discordMessage(event, given, say)) },
      ],
    })
  },
}
