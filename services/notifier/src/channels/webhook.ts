import { createHmac } from 'node:crypto'
import type { OutboxEvent } from '@tocsin/contract'
import { z } from 'zod'
import { SIGNATURE_HEADER, TIMESTAMP_HEADER } from '../http/check-signature.ts'
import { webhookPayload } from '../render/webhook-payload.ts'
import type { ChannelKindDefinition } from './channel-kind.ts'
import { createHttpChannel } from './http-channel.ts'
import { checks, needs, onlyOne, period, text, webUrl } from './settings/fields.ts'
import { httpConfig } from './settings/http-config.ts'
import { createSecrets } from './settings/secrets.ts'

const settings = z
  .strictObject({
    url: webUrl.optional(),
    url_file: text.optional(),
    method: z.enum(['POST', 'PUT', 'PATCH']).default('POST'),
    /** A template of what is sent; without one, Alertmanager's format. */
    body: text.optional(),
    /** 0: all of them. */
    max_alerts: z.int().nonnegative().default(0),
    hmac_secret: text.optional(),
    hmac_secret_file: text.optional(),
    timeout: period.optional(),
    http_config: httpConfig.optional(),
  })
  .superRefine(
    checks(
      needs(['url', 'url_file']),
      onlyOne('url', 'url_file'),
      onlyOne('hmac_secret', 'hmac_secret_file'),
    ),
  )
export type WebhookSettings = z.infer<typeof settings>

/** Any HTTP endpoint: alerts as Alertmanager's webhook has them, messages and digests as the README says. */
export const webhook: ChannelKindDefinition<WebhookSettings> = {
  kind: 'webhook',
  configKey: 'webhook_configs',
  settings,
  globals: { http_config: { field: 'http_config', schema: httpConfig } },
  sendResolved: true,
  secretFields: ['url', 'hmac_secret'],
  create(given, deps) {
    const secrets = createSecrets()
    const url = secrets.address(given.url, given.url_file)
    const key = secrets.source(given.hmac_secret, given.hmac_secret_file)
    return createHttpChannel(deps, {
      concurrency: 32,
      http: given.http_config,
      timeoutMs: given.timeout,
      secrets,
      async calls(event, say) {
        const body = say.body(given.body, () =>
          JSON.stringify(webhookPayload(withMost(event, given.max_alerts))),
        )
        const headers = key ? signatureOf(await key(), body, deps.clock.now()) : {}
        return [{ method: given.method, url: await url(), headers, body }]
      },
    })
  },
}

function withMost(event: OutboxEvent, most: number): OutboxEvent {
  if (event.kind !== 'alerts' || most === 0 || event.alerts.length <= most) return event
  const truncatedAlerts = event.truncatedAlerts + event.alerts.length - most
  return { ...event, alerts: event.alerts.slice(0, most), truncatedAlerts }
}

/** As this notifier's own intakes check it: HMAC-SHA256 over `<seconds>.<body>`. */
function signatureOf(secret: string, body: string, nowMs: number): Record<string, string> {
  const timestamp = String(Math.floor(nowMs / 1000))
  const signature = createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')
  return { [TIMESTAMP_HEADER]: timestamp, [SIGNATURE_HEADER]: `sha256=${signature}` }
}
