import { HttpError, messageOf, type ServiceContext } from '@tocsin/runtime'
import { z } from 'zod'
import type { FiringAlerts } from '../api-v2/follow-alerts.ts'
import { deliveryEventOf, logDelivery } from '../delivery/delivery-log.ts'
import { createRedact } from '../delivery/redact.ts'
import type { Policy, Receiver } from '../policy/policy.ts'
import { givenAlert, recordOf } from '../preview/given-alert.ts'
import { previewAlert } from '../preview/preview-alert.ts'
import { type TestDeps, testReceiver } from '../preview/test-receiver.ts'
import type { Silences } from '../silences/silences.ts'
import type { ChannelSet } from '../work/channel-set.ts'
import type { Guard } from './guard.ts'
import { jsonBody } from './json-body.ts'

export interface PreviewRoutesDeps extends Pick<ServiceContext, 'http' | 'bus' | 'clock' | 'log'> {
  readonly guard: Guard
  readonly policy: () => Policy
  readonly channels: Pick<ChannelSet, 'all'>
  readonly externalURL: string
  readonly timeoutMs: number
  readonly silences: Pick<Silences, 'silencedBy'>
  readonly firing: Pick<FiringAlerts, 'inhibitedBy'>
}

const testRequest = z.strictObject({ receiver: z.string().min(1).optional() })

/** Says what an alert would lead to, and tries a receiver; neither goes through a queue. Any replica answers. */
export function addPreviewRoutes(deps: PreviewRoutesDeps): void {
  const { http, clock, log, guard, channels, externalURL, timeoutMs, silences, firing } = deps

  http.post('/api/v1/notify/preview', ...guard, async (request, response) => {
    const record = recordOf(jsonBody(givenAlert, request.body), clock.now())
    const parts = {
      policy: deps.policy(),
      channels: channels.all(),
      externalURL,
      silencedBy: silences.silencedBy,
      inhibitedBy: firing.inhibitedBy,
    }
    response.json(await previewAlert(record, parts, clock.now()))
  })

  http.post('/api/v1/notify/test', ...guard, async (request, response) => {
    const policy = deps.policy()
    const { receiver: name = policy.root.route.receiver } = jsonBody(testRequest, request.body)
    const receiver = policy.receivers.get(name) ?? unknownReceiver(name, policy)
    const integrations = await testReceiver(receiver, {
      policy,
      channels: channels.all(),
      externalURL,
      clock,
      timeoutMs,
      onSent: (...sent) => noteTest(deps, ...sent),
    })
    const failed = integrations.filter(({ result }) => result !== 'delivered').length
    log.info({ receiver: name, integrations: integrations.length, failed }, 'a receiver was tried')
    response.json({ receiver: name, integrations })
  })
}

function unknownReceiver(name: string, { receivers }: Policy): Receiver {
  const names = [...receivers.keys()].join(', ')
  throw new HttpError(
    404,
    'unknown_receiver',
    `there is no receiver ${JSON.stringify(name)}: there are ${names}`,
  )
}

/** A test stands in the delivery log like anything that was sent; while NATS is away it is not worth waiting for. */
async function noteTest(
  { bus, clock, log, channels }: PreviewRoutesDeps,
  ...[event, { result, reason, detail }, startedMs]: Parameters<TestDeps['onSent']>
): Promise<void> {
  const redact = createRedact(channels.all().find(({ name }) => name === event.channel)?.secrets ?? [])
  const facts = {
    outcome: result === 'delivered' ? ('delivered' as const) : ('failed' as const),
    attempt: 1,
    reason: reason === 'ok' ? 'test' : `test_${reason}`,
    ...(detail === undefined ? {} : { detail: redact(detail) }),
    durationMs: clock.now() - startedMs,
    stages: {},
  }
  try {
    if (bus.trouble() === undefined) await logDelivery(bus, deliveryEventOf(event, facts, startedMs))
  } catch (error) {
    log.warn({ channel: event.channel, reason: messageOf(error) }, 'a test is not in the delivery log')
  }
}
