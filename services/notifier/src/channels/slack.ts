import { IncomingWebhook, type IncomingWebhookDefaultArguments } from '@slack/webhook'
import { envVar } from '@tocsin/runtime'
import type { SendOutcome } from '../delivery/channel.ts'
import { slackMessage } from '../render/slack-message.ts'
import type { ChannelDefinition } from './channel-definition.ts'
import { outcomeOfAnswer, outcomeOfFailure } from './http-outcome.ts'
import { readAnswer } from './read-answer.ts'

const env = {
  SLACK_WEBHOOK_URL: envVar.url().optional(),
  SLACK_CHANNEL: envVar.text.optional(),
  SLACK_USERNAME: envVar.text.optional(),
  /** An emoji such as `:robot:`, or the address of a picture. */
  SLACK_ICON: envVar.text.optional(),
}

/** Slack's incoming webhooks. */
export const slack: ChannelDefinition<typeof env> = {
  name: 'slack',
  env,
  configure(
    { SLACK_WEBHOOK_URL: url, SLACK_CHANNEL: channel, SLACK_USERNAME: username, SLACK_ICON: icon },
    { clock },
  ) {
    if (url === undefined) return undefined
    const appearance: IncomingWebhookDefaultArguments = {
      ...(channel === undefined ? {} : { channel }),
      ...(username === undefined ? {} : { username }),
      ...(icon === undefined ? {} : /^https?:\/\//.test(icon) ? { icon_url: icon } : { icon_emoji: icon }),
    }
    return {
      name: 'slack',
      // Slack allows about one message a second and webhook.
      concurrency: 1,
      secrets: [url, new URL(url).pathname],
      async send(notification, { signal }) {
        // The client tells neither Retry-After nor an abort: both are read on the way through fetch.
        let answered: Promise<SendOutcome> | undefined
        const spyingFetch: typeof fetch = async (target, init) => {
          const response = await fetch(target, { ...init, signal })
          answered = readAnswer(response.clone()).then((answer) => outcomeOfAnswer(answer, clock.now()))
          return response
        }
        try {
          await new IncomingWebhook(url, { ...appearance, fetch: spyingFetch }).send(
            slackMessage(notification),
          )
          return { result: 'delivered', reason: 'ok' }
        } catch (error) {
          return (await answered) ?? outcomeOfFailure(error, signal)
        }
      },
      close() {},
    }
  },
}
