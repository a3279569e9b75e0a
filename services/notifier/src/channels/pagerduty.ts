import { z } from 'zod'
import { pagerdutyChange, pagerdutyEvent } from '../render/pagerduty-event.ts'
import type { ChannelKindDefinition } from './channel-kind.ts'
import { createHttpChannel } from './http-channel.ts'
import { checks, needs, onlyOne, period, text, unsupported, webUrl } from './settings/fields.ts'
import { httpConfig } from './settings/http-config.ts'
import { createSecrets } from './settings/secrets.ts'

const events1 = 'Events API v1 is: make an integration of Events API v2, and set its key as routing_key'

const settings = z
  .strictObject({
    routing_key: text.optional(),
    routing_key_file: text.optional(),
    service_key: unsupported(events1),
    service_key_file: unsupported(events1),
    url: webUrl.default('https://events.pagerduty.com/v2/enqueue'),
    client: text.optional(),
    client_url: text.optional(),
    description: text.optional(),
    /** Of PagerDuty: critical, error, warning or info. Unset: after the alert's own. */
    severity: text.optional(),
    source: text.optional(),
    details: z.record(z.string(), text).optional(),
    images: z.array(z.strictObject({ src: text, href: text.optional(), alt: text.optional() })).optional(),
    links: z.array(z.strictObject({ href: text, text: text.optional() })).optional(),
    component: text.optional(),
    group: text.optional(),
    class: text.optional(),
    timeout: period.optional(),
    http_config: httpConfig.optional(),
  })
  .superRefine(checks(needs(['routing_key', 'routing_key_file']), onlyOne('routing_key', 'routing_key_file')))
export type PagerdutySettings = z.infer<typeof settings>

/** PagerDuty's Events API v2: one incident a group, which its end closes. */
export const pagerduty: ChannelKindDefinition<PagerdutySettings> = {
  kind: 'pagerduty',
  configKey: 'pagerduty_configs',
  settings,
  globals: {
    pagerduty_url: { field: 'url', schema: webUrl },
    http_config: { field: 'http_config', schema: httpConfig },
  },
  sendResolved: true,
  secretFields: ['routing_key', 'service_key'],
  create(given, deps) {
    const secrets = createSecrets()
    const key = secrets.source(given.routing_key, given.routing_key_file)
    const changes = given.url.replace(/\/enqueue\/?$/, '/change/enqueue')
    return createHttpChannel(deps, {
      concurrency: 4,
      http: given.http_config,
      timeoutMs: given.timeout,
      secrets,
      async calls(event, say) {
        const routing_key = say.route((await key?.()) ?? '')
        // What is not urgent, and would never end, must not open an incident.
        const pages =
          event.kind === 'alerts' || (event.kind === 'message' && /^(critical|high)$/.test(event.severity))
        const said = pages ? pagerdutyEvent(event, given, say) : pagerdutyChange(event, given, say)
        return [{ url: pages ? given.url : changes, body: JSON.stringify({ routing_key, ...said }) }]
      },
    })
  },
}
