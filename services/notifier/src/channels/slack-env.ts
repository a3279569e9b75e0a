import { envVar } from '@tocsin/runtime'
import type { EnvironmentChannel } from './channel-kind.ts'
import { type SlackSettings, slack } from './slack.ts'

const env = {
  SLACK_WEBHOOK_URL: envVar.url().optional(),
  SLACK_CHANNEL: envVar.text.optional(),
  SLACK_USERNAME: envVar.text.optional(),
  /** An emoji such as `:robot:`, or the address of a picture. */
  SLACK_ICON: envVar.text.optional(),
}

/** The Slack channel of the environment. */
export const slackOfEnv: EnvironmentChannel<typeof env, SlackSettings> = {
  definition: slack,
  env,
  read({ SLACK_WEBHOOK_URL: api_url, SLACK_CHANNEL: channel, SLACK_USERNAME: username, SLACK_ICON: icon }) {
    if (api_url === undefined) return undefined
    return slack.settings.parse({
      api_url,
      ...(channel && { channel }),
      ...(username && { username }),
      ...(icon && (/^https?:\/\//.test(icon) ? { icon_url: icon } : { icon_emoji: icon })),
      http_config: { follow_redirects: false },
    })
  },
}
