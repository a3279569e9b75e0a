import { connect } from '@nats-io/transport-node'
import { createSubjects } from '@tocsin/contract'
import {
  type Server,
  type ServiceUnderTest,
  startNats,
  startPrometheus,
  startRedis,
  startService,
  startSmtp,
  waitFor,
} from '@tocsin/testkit'
import { driveTraffic } from '../../../examples/shop/src/demo/drive-traffic.ts'
import { startShop } from '../../../examples/shop/src/start-shop.ts'
import { runAssistant } from './run-assistant.ts'
import { sendSpans } from './send-spans.ts'
import { writePast } from './write-past.ts'

/** All of Tocsin under load, and a Prometheus that scrapes it: what dashboards are shown against. */
export interface World {
  readonly prometheus: Server
  readonly collector: ServiceUnderTest
  readonly evaluator: ServiceUnderTest
  /** When the load began. Milliseconds since 1970. */
  readonly since: number
  /** Makes the shop's database fail until its alert fires and is delivered; then heals it, until it is resolved. */
  breakAndHeal(): Promise<void>
  stop(): Promise<void>
}

const services = [
  'collector',
  'alert-evaluator',
  'notifier',
  'health',
  'sla',
  'capacity',
  'host-agent',
] as const
const RATE = 25
/** A scrape that fails ends every series: on a busy machine it has to have time. */
const SCRAPE = '5s'

/** Starts everything, each a process of its own on a free port. Services publish of themselves every second. */
export async function startWorld(): Promise<World> {
  const undo: (() => unknown)[] = []
  const keep = <T extends { stop(): Promise<unknown> }>(started: T): T => {
    undo.push(() => started.stop())
    return started
  }
  const stop = async () => {
    for (const step of undo.splice(0).reverse()) await step()
  }
  try {
    const [nats, redis, smtp] = await Promise.all([
      startNats().then(keep),
      startRedis().then(keep),
      startSmtp().then(keep),
    ])
    const running = await startServices(nats.url, redis.url, smtp, keep)
    const [collector, evaluator] = [running['collector'], running['alert-evaluator']]
    if (!collector || !evaluator) throw new Error('a service is missing')
    const prometheus = await startPrometheus({ config: scrapeConfig(collector.port) }).then(keep)
    const since = Date.now()
    const shop = keep(
      await startShop(0, { instance: 'shop-1', nats: { servers: nats.url }, onWarning: () => {} }),
    )
    keep(await runAssistant(nats.url))
    keep(driveTraffic(shop.url, RATE))
    const spans = setInterval(() => {
      sendSpans(`http://127.0.0.1:${collector.ports['OTLP_PORT']}`, 6).catch(() => {})
    }, 500)
    undo.push(() => clearInterval(spans))
    await waitFor(() => writePast(collector.url).then(() => true), { timeoutMs: 30_000 })
    await publishBroken(nats.url)
    const alerts = async (): Promise<string> => (await fetch(`${evaluator.url}/api/v1/alerts`)).text()
    return {
      prometheus,
      collector,
      evaluator,
      since,
      async breakAndHeal() {
        await administer(shop.url, 'break')
        // What is counted from 0 on shows no increase before its second time.
        await publishBroken(nats.url)
        await smtp.waitForMail((mail) => mail.subject?.includes('ShopErrorRate') === true, 180_000)
        await administer(shop.url, 'heal')
        await waitFor(async () => !(await alerts()).includes('ShopErrorRate'), { timeoutMs: 180_000 })
      },
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

type Keep = <T extends { stop(): Promise<unknown> }>(started: T) => T

async function startServices(
  natsUrl: string,
  redisUrl: string,
  smtp: { readonly host: string; readonly port: number },
  keep: Keep,
): Promise<Partial<Record<(typeof services)[number], ServiceUnderTest>>> {
  const env = {
    NATS_URL: natsUrl,
    REDIS_URL: redisUrl,
    SELF_METRICS_INTERVAL: '1s',
    HOST_AGENT_INTERVAL: '1s',
    HOST_AGENT_MOUNTPOINTS_EXCLUDE: '^/.',
    HEALTH_CHECK_INTERVAL: '5s',
    SLA_EVALUATION_INTERVAL: '3s',
    CAPACITY_EVALUATION_INTERVAL: '5s',
    EMAIL_NOTIFICATIONS_ENABLED: 'true',
    SMTP_HOST: smtp.host,
    SMTP_PORT: String(smtp.port),
    EMAIL_FROM: 'monitoring@example.com',
    EMAIL_TO: 'oncall@example.com',
  }
  const options = { readyTimeoutMs: 60_000 }
  const first = await Promise.all(
    (['collector', 'alert-evaluator', 'notifier'] as const).map((name) =>
      startService(name, env, options).then(keep),
    ),
  )
  // sla and capacity ask the collector, as they do unless PROMETHEUS_URL is set.
  const asking = { ...env, PROMETHEUS_URL: first[0]?.url ?? '' }
  const then = await Promise.all(
    (['sla', 'capacity', 'host-agent'] as const).map((name) =>
      startService(name, asking, options).then(keep),
    ),
  )
  const urls = [...first, ...then].map(({ name, url }) => [
    `${name.toUpperCase().replaceAll('-', '_')}_URL`,
    url,
  ])
  const health = await startService('health', { ...env, ...Object.fromEntries(urls) }, options).then(keep)
  return Object.fromEntries([...first, ...then, health].map((service) => [service.name, service]))
}

/** Labels stay as they were published: a scrape would rename `instance` otherwise. */
function scrapeConfig(port: number): string {
  return `scrape_configs:
  - job_name: tocsin
    scrape_interval: ${SCRAPE}
    scrape_timeout: ${SCRAPE}
    honor_labels: true
    static_configs: [{ targets: ['127.0.0.1:${port}'] }]
`
}

/** An event that is refused: dead letters are on a dashboard as well. */
async function publishBroken(url: string): Promise<void> {
  const nc = await connect({ servers: url })
  nc.publish(createSubjects().metrics('legacy'), 'temperature=12')
  await nc.flush()
  await nc.close()
}

/** A machine that is busy may take a connection late: it is asked again. */
const administer = (shopUrl: string, verb: 'break' | 'heal'): Promise<unknown> =>
  waitFor(() => order(shopUrl, verb), { timeoutMs: 60_000 })

async function order(shopUrl: string, verb: 'break' | 'heal'): Promise<boolean> {
  const response = await fetch(`${shopUrl}/admin/${verb}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ how: 'drop' }),
  })
  if (!response.ok) throw new Error(`the shop answered ${response.status} to ${verb}`)
  return true
}
