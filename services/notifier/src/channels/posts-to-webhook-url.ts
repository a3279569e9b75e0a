import type { OutboxEvent } from '@tocsin/contract'
import { z } from 'zod'
import type { Say } from '../render/say.ts'
import type { ChannelKindDefinition } from './channel-kind.ts'
import { createHttpChannel, type HttpChannel } from './http-channel.ts'
import { checks, needs, onlyOne, text, webUrl } from './settings/fields.ts'
import { httpConfig } from './settings/http-config.ts'
import { createSecrets } from './settings/secrets.ts'

/** The settings of a kind whose address is all its login, with the fields that are its own. */
export const webhookUrlSettings = <Own extends z.ZodRawShape>(own: Own) =>
  z
    .strictObject({
      ...own,
      webhook_url: webUrl.optional(),
      webhook_url_file: text.optional(),
      http_config: httpConfig.optional(),
    })
    .superRefine(
      checks(needs(['webhook_url', 'webhook_url_file']), onlyOne('webhook_url', 'webhook_url_file')),
    )

interface WebhookUrlSettings {
  readonly webhook_url?: string | undefined
  readonly webhook_url_file?: string | undefined
  readonly http_config?: z.infer<typeof httpConfig> | undefined
}

interface WebhookUrlKind<Settings>
  extends Pick<ChannelKindDefinition<Settings>, 'kind' | 'configKey' | 'settings'>,
    Pick<HttpChannel, 'concurrency' | 'judge'> {
  /** What is posted of a notification, as JSON. */
  message(event: OutboxEvent, settings: Settings, say: Say): object
}

/** A kind that posts one message to its `webhook_url`. */
export function postsToWebhookUrl<Settings extends WebhookUrlSettings>({
  concurrency,
  judge,
  message,
  ...kind
}: WebhookUrlKind<Settings>): ChannelKindDefinition<Settings> {
  return {
    ...kind,
    globals: { http_config: { field: 'http_config', schema: httpConfig } },
    sendResolved: true,
    secretFields: ['webhook_url'],
    create(given, deps) {
      const secrets = createSecrets()
      const url = secrets.address(given.webhook_url, given.webhook_url_file)
      return createHttpChannel(deps, {
        concurrency,
        http: given.http_config,
        secrets,
        ...(judge ? { judge } : {}),
        calls: async (event, say) => [{ url: await url(), body: JSON.stringify(message(event, given, say)) }],
      })
    },
  }
}
