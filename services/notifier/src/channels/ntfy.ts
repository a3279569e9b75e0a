import { z } from 'zod'
import { ntfyMessage } from '../render/ntfy-message.ts'
import type { ChannelKindDefinition } from './channel-kind.ts'
import { createHttpChannel } from './http-channel.ts'
import { checks, flag, onlyOne, text, webUrl } from './settings/fields.ts'
import { httpConfig } from './settings/http-config.ts'
import { createSecrets } from './settings/secrets.ts'

const priority = text.refine(
  (given) => given.includes('{{') || /^([1-5]|min|low|default|high|urgent|max)$/.test(given),
  'one of 1 to 5, min, low, default, high, urgent, max, or a template of these',
)

const settings = z
  .strictObject({
    url: webUrl.default('https://ntfy.sh'),
    topic: text.refine(
      (given) => given.includes('{{') || /^[-_A-Za-z0-9]{1,64}$/.test(given),
      'a topic of at most 64 letters, digits, - and _',
    ),
    title: text.optional(),
    message: text.optional(),
    /** Unset: 5 for critical, 4 high, 3 medium, 2 low. */
    priority: priority.optional(),
    tags: z.array(text).optional(),
    markdown: flag.default(false),
    click: text.optional(),
    icon: text.optional(),
    email: text.optional(),
    token: text.optional(),
    token_file: text.optional(),
    http_config: httpConfig.optional(),
  })
  .superRefine(checks(onlyOne('token', 'token_file')))
export type NtfySettings = z.infer<typeof settings>

/** ntfy.sh, or an ntfy of one's own: pushes to phones. */
export const ntfy: ChannelKindDefinition<NtfySettings> = {
  kind: 'ntfy',
  configKey: 'ntfy_configs',
  settings,
  globals: { http_config: { field: 'http_config', schema: httpConfig } },
  sendResolved: true,
  secretFields: ['token'],
  create(given, deps) {
    const secrets = createSecrets()
    const token = secrets.source(given.token, given.token_file)
    return createHttpChannel(deps, {
      concurrency: 2,
      http: given.http_config,
      secrets,
      async calls(event, say) {
        const headers: Record<string, string> = token ? { Authorization: `Bearer ${await token()}` } : {}
        return [{ url: given.url, headers, body: JSON.stringify(ntfyMessage(event, given, say)) }]
      },
    })
  },
}
