import fc from 'fast-check'
import { expect, it } from 'vitest'
import { channelKinds } from '../src/channels/registry.ts'
import type { ChannelKind } from '../src/policy/policy.ts'
import { deliveryBed } from './delivery-bed.ts'
import { channelWith } from './far-ends.ts'
import { alertsNotification } from './samples/events.ts'

/** Each kind's settings, with a secret where it keeps one. */
const settings: Readonly<Record<ChannelKind, (secret: string) => unknown>> = {
  email: (secret) => ({
    to: 'a@x.test',
    from: 'b@x.test',
    smarthost: 'x.test:587',
    auth_username: 'u',
    auth_password: secret,
  }),
  slack: (secret) => ({ api_url: `https://x.test/services/T0/B0/${secret}` }),
  webhook: (secret) => ({
    url: 'https://x.test/hook',
    http_config: { authorization: { credentials: secret } },
  }),
  pagerduty: (secret) => ({ routing_key: secret }),
  opsgenie: (secret) => ({ api_key: secret }),
  msteams: (secret) => ({ webhook_url: `https://x.test/webhookb2/${secret}` }),
  msteamsv2: (secret) => ({ webhook_url: `https://x.test/workflows/1?sig=${secret}` }),
  discord: (secret) => ({ webhook_url: `https://x.test/api/webhooks/1/${secret}` }),
  telegram: (secret) => ({ bot_token: `123:${secret}`, chat_id: 1 }),
  ntfy: (secret) => ({ topic: 'alerts', token: secret }),
}

/** What a receiver or a library may make of it in an error. */
const spellings = (secret: string) => [
  secret,
  encodeURIComponent(secret),
  Buffer.from(secret).toString('base64'),
]

it('has every kind of channel among those that are tried', () => {
  expect(Object.keys(settings).sort()).toEqual(channelKinds.map(({ kind }) => kind).sort())
})

it.each(Object.entries(settings))(
  'never has a secret of %s in the delivery log',
  async (kind, settingsWith) => {
    const secrets = fc.stringMatching(/^[A-Za-z0-9_-]{8,30}[0-9][A-Za-z0-9]{4,10}$/)
    await fc.assert(
      fc.asyncProperty(secrets, fc.constantFrom('refused', 'retry', 'delivered'), async (secret, result) => {
        const channel = channelWith(kind as ChannelKind, settingsWith(secret))
        const detail = `we do not know ${spellings(secret).join(', nor ')} at ${JSON.stringify(settingsWith(secret))}`
        const bed = deliveryBed({
          answer: (ms) =>
            result === 'retry' && ms > 0
              ? { result: 'delivered', reason: 'ok', detail }
              : { result, reason: 'r', detail },
          secrets: channel.secrets,
        })
        const { deliver } = await bed.born()
        const done = deliver(alertsNotification('webhook')).catch(String)
        await bed.clock.advance(2000)
        const said = JSON.stringify([await done, bed.logged])
        expect(bed.logged.length).toBeGreaterThan(0)
        for (const spelling of spellings(secret)) expect(said).not.toContain(spelling)
        channel.close()
      }),
      { numRuns: 40 },
    )
  },
)
