import { EnvError, envVar } from '@tocsin/runtime'
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
    const given = checkedHeaders(headers)
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
            headers: headersOf(notification.id, url, given),
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

/** The environment's own headers. @throws {EnvError} for one that HTTP does not take: each send would fail. */
function checkedHeaders(headers: Readonly<Record<string, string>>): Headers {
  try {
    return new Headers({ ...headers })
  } catch {
    const expected = 'names and values that HTTP headers may have: no spaces in names, no line breaks'
    throw new EnvError([{ name: 'WEBHOOK_HEADERS', expected, given: 'others' }])
  }
}

/** Ours, then the environment's in their place, however its names are spelt. */
function headersOf(id: string, url: string, given: Headers): Headers {
  const headers = new Headers({
    'Content-Type': 'application/json',
    'User-Agent': 'Tocsin',
    // The same for every attempt: a receiver that has seen it may drop the repeat.
    'Idempotency-Key': id,
    ...loginOf(url),
  })
  for (const [name, value] of given) headers.set(name, value)
  return headers
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
