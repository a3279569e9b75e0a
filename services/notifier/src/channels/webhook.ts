import { envVar } from '@tocsin/runtime'
import { z } from 'zod'
import type { Channel } from '../delivery/channel.ts'
import { webhookPayload } from '../render/webhook-payload.ts'
import type { ChannelDefinition } from './channel-definition.ts'
import { outcomeOfAnswer, outcomeOfFailure } from './http-outcome.ts'
import { readAnswer } from './read-answer.ts'

const env = {
  WEBHOOK_URL: envVar.url().optional(),
  WEBHOOK_HEADERS: envVar.jsonTexts.default({}),
  WEBHOOK_METHOD: z.enum(['POST', 'PUT', 'PATCH']).default('POST'),
}

/** Any HTTP endpoint: alerts as Alertmanager's webhook has them, messages and digests as the README says. */
export const webhook: ChannelDefinition<typeof env> = {
  name: 'webhook',
  env,
  configure(
    { WEBHOOK_URL: url, WEBHOOK_HEADERS: headers, WEBHOOK_METHOD: method },
    { clock },
  ): Channel | undefined {
    if (url === undefined) return undefined
    return {
      name: 'webhook',
      concurrency: 32,
      // Of `Bearer <token>` the token alone is a secret too.
      secrets: [
        ...secretsOfUrl(url),
        ...Object.values(headers).flatMap((value) => [value, ...value.split(' ')]),
      ],
      async send(notification, { signal }) {
        try {
          const response = await fetch(withoutLogin(url), {
            method,
            headers: {
              'Content-Type': 'application/json',
              'User-Agent': 'Tocsin',
              // The same for every attempt: a receiver that has seen it may drop the repeat.
              'Idempotency-Key': notification.id,
              ...loginOf(url),
              ...headers,
            },
            body: JSON.stringify(webhookPayload(notification)),
            redirect: 'manual',
            signal,
          })
          return outcomeOfAnswer(await readAnswer(response), clock.now())
        } catch (error) {
          return outcomeOfFailure(error, signal)
        }
      },
      close() {},
    }
  },
}

/** A login in the URL goes into a header: fetch refuses URLs that carry one. */
function loginOf(url: string): Record<string, string> {
  const { username, password } = new URL(url)
  if (username === '' && password === '') return {}
  const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return { Authorization: `Basic ${Buffer.from(login).toString('base64')}` }
}

function withoutLogin(url: string): string {
  const bare = new URL(url)
  bare.username = ''
  bare.password = ''
  return bare.href
}

/** Webhook addresses are passwords: their path and query authorise whoever knows them. */
function secretsOfUrl(url: string): string[] {
  const { pathname, search, password } = new URL(url)
  return [url, `${pathname}${search}`, search.slice(1), password].filter((text) => text.length > 1)
}
