import { z } from 'zod'
import type { SendOutcome } from '../delivery/channel.ts'
import { teamsCard } from '../render/teams-card.ts'
import type { ChannelKindDefinition } from './channel-kind.ts'
import { createHttpChannel } from './http-channel.ts'
import type { HttpAnswer } from './http-outcome.ts'
import { checks, needs, onlyOne, text, webUrl } from './settings/fields.ts'
import { httpConfig } from './settings/http-config.ts'
import { createSecrets } from './settings/secrets.ts'

const settings = z
  .strictObject({
    webhook_url: webUrl.optional(),
    webhook_url_file: text.optional(),
    title: text.optional(),
    summary: text.optional(),
    text: text.optional(),
    http_config: httpConfig.optional(),
  })
  .superRefine(checks(needs(['webhook_url', 'webhook_url_file']), onlyOne('webhook_url', 'webhook_url_file')))
export type MsteamsSettings = z.infer<typeof settings>

/** Connectors of Office 365 in Microsoft Teams; new ones are workflows, see msteamsv2. */
export const msteams: ChannelKindDefinition<MsteamsSettings> = {
  kind: 'msteams',
  configKey: 'msteams_configs',
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
      judge: outcomeWithin,
      calls: async (event, say) => [{ url: await url(), body: JSON.stringify(teamsCard(event, given, say)) }],
    })
  },
}

/** A connector answers 200 even where Teams behind it did not take the message; the text tells. */
function outcomeWithin({ status, body }: HttpAnswer): SendOutcome | undefined {
  const [, inner] = /endpoint returned HTTP error (\d{3})/i.exec(body) ?? []
  if (status !== 200 || inner === undefined) return undefined
  const outcome = { reason: `http_${inner}`, detail: body }
  return /^4(?!08|29)/.test(inner) ? { result: 'refused', ...outcome } : { result: 'retry', ...outcome }
}
