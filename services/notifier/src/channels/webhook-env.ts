import { EnvError, envVar } from '@tocsin/runtime'
import { z } from 'zod'
import type { EnvironmentChannel } from './channel-kind.ts'
import { type WebhookSettings, webhook } from './webhook.ts'

const env = {
  WEBHOOK_URL: envVar.url().optional(),
  WEBHOOK_HEADERS: envVar.jsonTexts.default({}),
  WEBHOOK_METHOD: z.enum(['POST', 'PUT', 'PATCH']).default('POST'),
}

/** The webhook of the environment. */
export const webhookOfEnv: EnvironmentChannel<typeof env, WebhookSettings> = {
  definition: webhook,
  env,
  read({ WEBHOOK_URL: url, WEBHOOK_HEADERS: headers, WEBHOOK_METHOD: method }) {
    if (url === undefined) return undefined
    const http_config = { headers, follow_redirects: false }
    const read = webhook.settings.safeParse({ url, method, http_config })
    if (read.success) return read.data
    // All else is checked by now. Each send would fail.
    const expected = 'names and values that HTTP headers may have: no spaces in names, no line breaks'
    throw new EnvError([{ name: 'WEBHOOK_HEADERS', expected, given: 'others' }])
  },
}
