import { z } from 'zod'
import { adaptiveCard } from '../render/adaptive-card.ts'
import type { ChannelKindDefinition } from './channel-kind.ts'
import { createHttpChannel } from './http-channel.ts'
import { checks, needs, onlyOne, text, webUrl } from './settings/fields.ts'
import { httpConfig } from './settings/http-config.ts'
import { createSecrets } from './settings/secrets.ts'

const settings = z
  .strictObject({
    webhook_url: webUrl.optional(),
    webhook_url_file: text.optional(),
    title: text.optional(),
    text: text.optional(),
    http_config: httpConfig.optional(),
  })
  .superRefine(checks(needs(['webhook_url', 'webhook_url_file']), onlyOne('webhook_url', 'webhook_url_file')))
export type Msteamsv2Settings = z.infer<typeof settings>

/** Workflows of Microsoft Teams (Power Automate) that post a card. */
export const msteamsv2: ChannelKindDefinition<Msteamsv2Settings> = {
  kind: 'msteamsv2',
  configKey: 'msteamsv2_configs',
  settings,
  globals: { http_config: { field: 'http_config', schema: httpConfig } },
  sendResolved: true,
  secretFields: ['webhook_url'],
  create(given, deps) {
    const secrets = createSecrets()
    const url = secrets.address(given.webhook_url, given.webhook_url_file)
    return createHttpChannel(deps, {
      concurrency: 2,
      http: given.http_config,
      secrets,
      calls: async (event, say) => [
        { url: await url(), body: JSON.stringify(adaptiveCard(event, given, say)) },
      ],
    })
  },
}
