import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startAlertmanager, startNats, startRedis, startService } from '@tocsin/testkit'

/** Something that takes alerts on Alertmanager's API and tells a webhook of them. */
export interface Contender {
  readonly name: string
  readonly url: string
  /** All processes that its work is done by. */
  readonly pids: readonly number[]
  stop(): Promise<void>
}

/** Every alert by itself, at once, to one webhook: the same text for both. */
const configuration = (sinkUrl: string): string => `
route:
  receiver: sink
  group_by: ['...']
  group_wait: 0s
  group_interval: 5m
  repeat_interval: 4h
receivers:
  - name: sink
    webhook_configs: [{ url: '${sinkUrl}' }]
`

/** The notifier with NATS and Redis of its own: an alert is stored before it is accepted. */
export async function startNotifier(sinkUrl: string): Promise<Contender> {
  const folder = await mkdtemp(join(tmpdir(), 'tocsin-bench-notify-'))
  const file = join(folder, 'notifier.yml')
  await writeFile(file, configuration(sinkUrl))
  const nats = await startNats()
  const redis = await startRedis()
  const service = await startService('notifier', {
    NATS_URL: nats.url,
    REDIS_URL: redis.url,
    NOTIFIER_CONFIG: file,
  })
  return {
    name: 'Tocsin notifier, NATS and Redis',
    url: service.url,
    pids: [service.pid, nats.pid, redis.pid],
    async stop() {
      await service.stop()
      await redis.stop()
      await nats.stop()
      await rm(folder, { recursive: true })
    },
  }
}

/** Alertmanager, which holds alerts in memory. */
export async function startPeer(sinkUrl: string): Promise<Contender> {
  const alertmanager = await startAlertmanager({ config: configuration(sinkUrl) })
  return {
    name: 'Alertmanager',
    url: alertmanager.url,
    pids: [alertmanager.pid],
    stop: () => alertmanager.stop(),
  }
}
