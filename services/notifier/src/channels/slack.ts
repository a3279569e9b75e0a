import { z } from 'zod'
import type { Say } from '../render/say.ts'
import { slackAttachment } from '../render/slack-attachment.ts'
import { slackMessage } from '../render/slack-message.ts'
import type { ChannelKindDefinition } from './channel-kind.ts'
import { createHttpChannel } from './http-channel.ts'
import { checks, flag, needs, onlyOne, period, text, unsupported, webUrl } from './settings/fields.ts'
import { httpConfig } from './settings/http-config.ts'
import { createSecrets } from './settings/secrets.ts'

const confirm = z.strictObject({
  text,
  title: text.optional(),
  ok_text: text.optional(),
  dismiss_text: text.optional(),
})

/** What an attachment says; each a template. Where none is set, the message is ours. */
const attachment = {
  title: text.optional(),
  title_link: text.optional(),
  pretext: text.optional(),
  text: text.optional(),
  fallback: text.optional(),
  color: text.optional(),
  callback_id: text.optional(),
  footer: text.optional(),
  image_url: text.optional(),
  thumb_url: text.optional(),
  fields: z.array(z.strictObject({ title: text, value: text, short: flag.optional() })).optional(),
  actions: z
    .array(
      z.strictObject({
        type: text,
        text,
        url: text.optional(),
        name: text.optional(),
        value: text.optional(),
        style: text.optional(),
        confirm: confirm.optional(),
      }),
    )
    .optional(),
  mrkdwn_in: z.array(text).optional(),
  short_fields: flag.default(false),
}

const settings = z
  .strictObject({
    api_url: webUrl.optional(),
    api_url_file: text.optional(),
    app_token: unsupported('make an incoming webhook for the app, and set its address as api_url'),
    app_token_file: unsupported('make an incoming webhook for the app, and set its address as api_url_file'),
    channel: text.optional(),
    username: text.optional(),
    icon_emoji: text.optional(),
    icon_url: text.optional(),
    link_names: flag.optional(),
    ...attachment,
    timeout: period.optional(),
    http_config: httpConfig.optional(),
  })
  .superRefine(
    checks(
      needs(['api_url', 'api_url_file'], ', here or as global.slack_api_url'),
      onlyOne('api_url', 'api_url_file'),
    ),
  )
export type SlackSettings = z.infer<typeof settings>

/** Slack's incoming webhooks, and those of what speaks like Slack. */
export const slack: ChannelKindDefinition<SlackSettings> = {
  kind: 'slack',
  configKey: 'slack_configs',
  settings,
  globals: {
    slack_api_url: { field: 'api_url', schema: webUrl },
    slack_api_url_file: { field: 'api_url_file', schema: text },
    http_config: { field: 'http_config', schema: httpConfig },
  },
  sendResolved: false,
  secretFields: ['api_url'],
  create(given, deps) {
    const secrets = createSecrets()
    const url = secrets.address(given.api_url, given.api_url_file)
    return createHttpChannel(deps, {
      // Slack allows about one message a second and webhook.
      concurrency: 1,
      http: given.http_config,
      timeoutMs: given.timeout,
      secrets,
      tame: (text) => text.replaceAll(/<(?=[!@#])/g, '&lt;'),
      async calls(event, say) {
        const { channel, username, icon_emoji, icon_url, link_names } = given
        const message = {
          ...(event.kind === 'alerts' && isConfigured(given)
            ? slackAttachment(event, given, say)
            : slackMessage(event)),
          ...(channel && { channel: say.route(channel) }),
          ...said({ username, icon_emoji, icon_url }, say),
          ...(link_names && { link_names: true }),
        }
        return [{ url: await url(), body: JSON.stringify(message) }]
      },
    })
  },
}

/** What is set and comes to something. */
function said(fields: Readonly<Record<string, string | undefined>>, say: Say): Record<string, string> {
  const texts = Object.entries(fields).map(([name, source]) => [name, say.body(source, () => '')] as const)
  return Object.fromEntries(texts.filter(([, text]) => text !== ''))
}

function isConfigured(given: SlackSettings): boolean {
  return Object.keys(attachment).some((name) => name !== 'short_fields' && Object.hasOwn(given, name))
}
