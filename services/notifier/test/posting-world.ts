import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type WebhookBody, webhookBody } from '@tocsin/contract'
import {
  type HttpSink,
  type Server,
  type ServiceUnderTest,
  startHttpSink,
  startNats,
  startRedis,
  startService,
} from '@tocsin/testkit'

/** A notifier with a configuration of Alertmanager's kind, whose one receiver is a webhook. */
export interface PostingWorld {
  readonly nats: Server
  readonly sink: HttpSink
  /** Another replica, or the same one again. */
  start(env?: Readonly<Record<string, string>>): Promise<ServiceUnderTest>
  /** What was told of the alerts of a name. */
  told(name: string): readonly WebhookBody[]
  stop(): Promise<void>
}

export async function startPostingWorld(resolveTimeout: string): Promise<PostingWorld> {
  const [nats, redis, sink] = await Promise.all([startNats(), startRedis(), startHttpSink()])
  const folder = await mkdtemp(join(tmpdir(), 'tocsin-notifier-'))
  const file = join(folder, 'notifier.yml')
  await writeFile(
    file,
    `global: { resolve_timeout: ${resolveTimeout} }
route: { receiver: sink, group_by: [alertname], group_wait: 200ms, group_interval: 500ms, repeat_interval: 1s }
receivers: [{ name: sink, webhook_configs: [{ url: '${sink.url}', send_resolved: true }] }]
`,
  )
  const services: ServiceUnderTest[] = []
  return {
    nats,
    sink,
    async start(env = {}) {
      const service = await startService(
        'notifier',
        { NATS_URL: nats.url, REDIS_URL: redis.url, NOTIFIER_CONFIG: file, ...env },
        { readyTimeoutMs: 45_000 },
      )
      services.push(service)
      return service
    },
    told: (name) =>
      sink.requests
        .filter(({ body }) => body.includes(`"alertname":"${name}"`))
        .map((request) => webhookBody.parse(request.json())),
    async stop() {
      await Promise.all(services.map((service) => service.stop()))
      await Promise.all([sink.stop(), redis.stop(), nats.stop()])
      await rm(folder, { recursive: true })
    },
  }
}

/** Posts alerts as a client of Alertmanager does. */
export function postAlerts(
  url: string,
  alerts: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return fetch(`${url}/api/v2/alerts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(alerts),
  })
}

export const inSeconds = (n: number): string => new Date(Date.now() + n * 1000).toISOString()
