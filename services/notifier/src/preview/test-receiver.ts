import { fingerprint, type Labels, type OutboxAlerts } from '@tocsin/contract'
import type { Clock } from '@tocsin/runtime'
import type { Channel, SendOutcome } from '../delivery/channel.ts'
import { createRedact } from '../delivery/redact.ts'
import { buildAlertsNotification } from '../grouping/build-alerts-notification.ts'
import { groupOf } from '../grouping/group-key.ts'
import type { Integration, Policy, Receiver } from '../policy/policy.ts'
import { recordOf } from './given-alert.ts'

export interface TestDeps {
  readonly policy: Policy
  readonly channels: readonly Channel[]
  readonly externalURL: string
  readonly clock: Clock
  /** How long one send may take, in milliseconds. */
  readonly timeoutMs: number
  /** Takes note of what was sent. */
  readonly onSent: (event: OutboxAlerts, outcome: SendOutcome, startedMs: number) => Promise<void>
}

/** What came of a test by one integration. */
export interface TestOutcome {
  readonly channel: string
  readonly type: string
  readonly result: SendOutcome['result']
  readonly reason: string
  readonly detail?: string
  readonly durationMs: number
}

/** What is sent to these stays open until it is told to have ended. */
const OPENS_INCIDENTS: ReadonlySet<string> = new Set(['pagerduty', 'opsgenie'])

/** Sends a test that says so through every integration of a receiver, at once and past its queue. */
export function testReceiver(receiver: Receiver, deps: TestDeps): Promise<readonly TestOutcome[]> {
  const { clock } = deps
  // Of its own, so that no receiver takes one test for the repeat of another.
  const labels = {
    alertname: 'TocsinTest',
    severity: 'low',
    receiver: receiver.name,
    test: new Date(clock.now()).toISOString(),
  }
  return Promise.all(receiver.integrations.map((one) => testIntegration(one, receiver, labels, deps)))
}

async function testIntegration(
  integration: Integration,
  receiver: Receiver,
  labels: Labels,
  deps: TestDeps,
): Promise<TestOutcome> {
  const { channel: name, type } = integration
  const { clock } = deps
  const startedMs = clock.now()
  const channel = deps.channels.find((one) => one.name === name)
  const outcome: SendOutcome = channel
    ? await sendTest(channel, integration, receiver, labels, deps)
    : { result: 'refused', reason: 'no_channel', detail: 'the configuration has just changed: try again' }
  const { result, reason, detail } = outcome
  const shown = detail === undefined ? {} : { detail: createRedact(channel?.secrets ?? [])(detail) }
  return { channel: name, type, result, reason, ...shown, durationMs: clock.now() - startedMs }
}

async function sendTest(
  channel: Channel,
  { type }: Integration,
  receiver: Receiver,
  labels: Labels,
  deps: TestDeps,
): Promise<SendOutcome> {
  const begun = await sendOnce(channel, testEvent(channel.name, receiver, labels, 'firing', deps), deps)
  if (begun.result !== 'delivered' || !OPENS_INCIDENTS.has(type)) return begun
  return await sendOnce(channel, testEvent(channel.name, receiver, labels, 'resolved', deps), deps)
}

async function sendOnce(channel: Channel, event: OutboxAlerts, deps: TestDeps): Promise<SendOutcome> {
  const startedMs = deps.clock.now()
  const outcome = await channel.send(event, { signal: AbortSignal.timeout(deps.timeoutMs) })
  await deps.onSent(event, outcome, startedMs)
  return outcome
}

function testEvent(
  channel: string,
  { name }: Receiver,
  labels: Labels,
  status: 'firing' | 'resolved',
  { policy, externalURL, clock }: TestDeps,
): OutboxAlerts {
  const nowMs = clock.now()
  const startsAt = labels['test'] ?? new Date(nowMs).toISOString()
  const record = recordOf(
    {
      labels,
      annotations: {
        summary: `This is a test of the receiver ${name}: nothing is wrong`,
        description: 'Somebody asked Tocsin to try this receiver. There is nothing to do.',
      },
      startsAt,
      ...(status === 'resolved' ? { endsAt: new Date(nowMs).toISOString() } : {}),
      generatorURL: externalURL,
    },
    nowMs,
  )
  const route = { ...policy.root.route, key: '{}/test', receiver: name }
  const group = { ...groupOf({ ...route, groupBy: ['alertname', 'test'] }, labels), route }
  const built = buildAlertsNotification(
    { alerts: [record], news: [record], count: 0 },
    group,
    externalURL,
    nowMs,
  )
  return { ...built, id: `test-${fingerprint(labels)}-${channel}-${status}`, source: 'test', channel }
}
