import { type AlertEvent, createSubjects, DEFAULT_PREFIX, type DeliveryEvent } from '@tocsin/contract'
import { type Bus, connectBus, createLog, createMetrics, systemClock } from '@tocsin/runtime'
import {
  type HttpSink,
  type Server,
  type ServiceUnderTest,
  type Slack,
  type Smtp,
  startHttpSink,
  startNats,
  startRedis,
  startService,
  startSlack,
  startSmtp,
  waitFor,
} from '@tocsin/testkit'

/** A notifier as its own process, with everything around it real. */
export interface World {
  readonly nats: Server
  readonly redis: Server
  readonly sink: HttpSink
  readonly slack: Slack
  readonly smtp: Smtp
  readonly service: ServiceUnderTest
  readonly bus: Bus
  publishAlert(event: AlertEvent): Promise<void>
  publish(subject: string, body: string): Promise<void>
  deliveries(query?: string): Promise<readonly DeliveryEvent[]>
  /** The deliveries, once there are as many as wanted. */
  waitForDeliveries(query: string, count: number, timeoutMs?: number): Promise<readonly DeliveryEvent[]>
  stop(): Promise<void>
}

export const subjects = createSubjects()

export async function startWorld(env: Readonly<Record<string, string>> = {}): Promise<World> {
  const [nats, redis, sink, slack, smtp] = await Promise.all([
    startNats(),
    startRedis(),
    startHttpSink(),
    startSlack(),
    startSmtp(),
  ])
  const service = await startService(
    'notifier',
    {
      NATS_URL: nats.url,
      REDIS_URL: redis.url,
      WEBHOOK_URL: sink.url,
      SLACK_WEBHOOK_URL: slack.url,
      SMTP_HOST: smtp.host,
      SMTP_PORT: String(smtp.port),
      EMAIL_TO: 'team@example.com',
      NOTIFY_GROUP_WAIT: '200ms',
      NOTIFY_GROUP_INTERVAL: '200ms',
      NOTIFY_SEND_TIMEOUT: '1s',
      DIGEST_INTERVAL: '1s',
      ...env,
    },
    { readyTimeoutMs: 60_000 },
  )
  const bus = await connectBus({
    env: { NATS_URL: [nats.url], NATS_REPLICAS: 1, NATS_SUBJECT_PREFIX: DEFAULT_PREFIX },
    name: 'test',
    version: 'test',
    log: createLog({ service: 'test', version: 'test', level: 'silent' }),
    clock: systemClock,
    metrics: createMetrics('test', 'test'),
  })

  const deliveries = async (query = '') => {
    const answer = await fetch(`${service.url}/api/v1/deliveries?limit=1000&${query}`)
    if (!answer.ok) throw new Error(await answer.text())
    const { deliveries: found } = (await answer.json()) as { deliveries: DeliveryEvent[] }
    return found
  }

  return {
    nats,
    redis,
    sink,
    slack,
    smtp,
    service,
    bus,
    async publishAlert(event) {
      await bus.publish(subjects.alert(event.state, event.alertname), event, { msgId: event.id })
    },
    async publish(subject, body) {
      await bus.publish(subject, body)
    },
    deliveries,
    async waitForDeliveries(query, count, timeoutMs = 10_000) {
      let found: readonly DeliveryEvent[] = []
      const enough = async () => {
        found = await deliveries(query)
        return found.length >= count
      }
      await waitFor(enough, { timeoutMs })
      return found
    },
    async stop() {
      await bus.close()
      await service.stop()
      await Promise.all([smtp.stop(), slack.stop(), sink.stop(), redis.stop(), nats.stop()])
    },
  }
}
