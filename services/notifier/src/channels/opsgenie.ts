import type { OutboxEvent } from '@tocsin/contract'
import { z } from 'zod'
import { dedupKey } from '../render/dedup-key.ts'
import { opsgenieAlert, opsgenieDescription, opsgenieMessage, sourceOf } from '../render/opsgenie-alert.ts'
import type { Say } from '../render/say.ts'
import type { ChannelKindDefinition } from './channel-kind.ts'
import { createHttpChannel } from './http-channel.ts'
import type { HttpCall } from './net/http-client.ts'
import { checks, flag, needs, onlyOne, text, webUrl } from './settings/fields.ts'
import { httpConfig } from './settings/http-config.ts'
import { createSecrets } from './settings/secrets.ts'

const isTemplate = (given: string) => given.includes('{{')
const responder = z
  .strictObject({
    id: text.optional(),
    name: text.optional(),
    username: text.optional(),
    type: text.refine(
      (given) => isTemplate(given) || /^(team|teams|user|escalation|schedule)$/i.test(given),
      'one of team, teams, user, escalation, schedule',
    ),
  })
  .superRefine(needs(['id', 'name', 'username']))

const settings = z
  .strictObject({
    api_key: text.optional(),
    api_key_file: text.optional(),
    api_url: webUrl.default('https://api.opsgenie.com/'),
    message: text.optional(),
    description: text.optional(),
    source: text.optional(),
    details: z.record(z.string(), text).optional(),
    responders: z.array(responder).optional(),
    tags: text.optional(),
    note: text.optional(),
    priority: text
      .refine((given) => isTemplate(given) || /^P[1-5]$/.test(given), 'one of P1, P2, P3, P4, P5')
      .optional(),
    /** Whether an alert that fires on gets the new message and description. */
    update_alerts: flag.default(false),
    entity: text.optional(),
    actions: text.optional(),
    http_config: httpConfig.optional(),
  })
  .superRefine(
    checks(
      needs(['api_key', 'api_key_file'], ', here or as global.opsgenie_api_key'),
      onlyOne('api_key', 'api_key_file'),
    ),
  )
export type OpsgenieSettings = z.infer<typeof settings>

/** Opsgenie's alert API: one alert a group, which its end closes. */
export const opsgenie: ChannelKindDefinition<OpsgenieSettings> = {
  kind: 'opsgenie',
  configKey: 'opsgenie_configs',
  settings,
  globals: {
    opsgenie_api_url: { field: 'api_url', schema: webUrl },
    opsgenie_api_key: { field: 'api_key', schema: text },
    opsgenie_api_key_file: { field: 'api_key_file', schema: text },
    http_config: { field: 'http_config', schema: httpConfig },
  },
  sendResolved: true,
  secretFields: ['api_key'],
  create(given, deps) {
    const secrets = createSecrets()
    const key = secrets.source(given.api_key, given.api_key_file)
    return createHttpChannel(deps, {
      concurrency: 4,
      http: given.http_config,
      secrets,
      async calls(event, say) {
        const headers = { Authorization: `GenieKey ${say.route((await key?.()) ?? '')}` }
        return callsOf(event, given, say).map((call) => ({ ...call, headers }))
      },
    })
  },
}

function callsOf(event: OutboxEvent, given: OpsgenieSettings, say: Say): HttpCall[] {
  const alias = dedupKey(event)
  const alerts = `${given.api_url.replace(/\/*$/, '')}/v2/alerts`
  const ofAlias = (what: string) => `${alerts}/${alias}/${what}?identifierType=alias`
  if (event.kind === 'alerts' && event.status === 'resolved')
    return [{ url: ofAlias('close'), body: JSON.stringify({ source: sourceOf(event, given, say) }) }]
  const create = { url: alerts, body: JSON.stringify(opsgenieAlert(event, given, alias, say)) }
  if (!given.update_alerts || event.kind !== 'alerts') return [create]
  const update = (what: string, value: string) => ({
    method: 'PUT',
    url: ofAlias(what),
    body: JSON.stringify({ [what]: value }),
  })
  return [
    create,
    update('message', opsgenieMessage(event, given, say)),
    update('description', opsgenieDescription(event, given, say)),
  ]
}
