import { readFileSync } from 'node:fs'
import { connect, type NatsConnection } from '@nats-io/transport-node'
import { createMonitoring, type Monitoring } from '@tocsin/sdk'
import {
  freePort,
  type Server,
  type ServiceUnderTest,
  type Smtp,
  startAlertmanager,
  startNats,
  startRedis,
  startService,
  startSmtp,
} from '@tocsin/testkit'

export const users = [
  'collector',
  'alert-evaluator',
  'notifier',
  'health',
  'sla',
  'capacity',
  'host-agent',
] as const
type ServiceUser = (typeof users)[number]
export type User = ServiceUser | 'app' | 'operator'

/** Every service under the NATS user that deploy/nats/permissions.conf gives it, an Alertmanager, and an application. */
export interface GuardedSystem {
  readonly smtp: Smtp
  readonly services: ReadonlyMap<ServiceUser, ServiceUnderTest>
  /** An application that logs in. */
  readonly app: Monitoring
  /** What nats-server had to deny. */
  readonly violations: ReadonlySet<string>
  connectAs(user?: User): Promise<NatsConnection>
  /** Runs one more process of a service. */
  startReplica(name: ServiceUser): Promise<ServiceUnderTest>
  stop(): Promise<void>
}

const folder = new URL('../deploy/', import.meta.url)
const read = (path: string) => readFileSync(new URL(path, folder), 'utf8')
const passOf = (user: User) => `x-${user}`
const variableOf = (user: User) => `NATS_${user.toUpperCase().replaceAll('-', '_')}_PASS`

function authorization(): string {
  const all: readonly User[] = [...users, 'app', 'operator']
  const passwords = all.map((user) => `${variableOf(user)}: "${passOf(user)}"`)
  return [...passwords, read('nats/permissions.conf'), 'no_auth_user: app'].join('\n')
}

/** Starts it all; the collector first, which makes the streams. */
export async function startGuardedSystem(): Promise<GuardedSystem> {
  const undo: (() => unknown)[] = []
  const keep = <T extends { stop(): Promise<void> }>(started: T): T => {
    undo.push(() => started.stop())
    return started
  }
  const stop = async () => {
    for (const step of undo.splice(0).reverse()) await step()
  }
  const violations = new Set<string>()
  const onLine = (line: string) => {
    if (/Violation/.test(line)) violations.add(line.replace(/^.*?(\w+ Violation)/, '$1'))
  }
  try {
    const [nats, redis, smtp, port] = await Promise.all([
      startNats({ user: 'operator', pass: passOf('operator'), authorization: authorization(), onLine }).then(
        keep,
      ),
      startRedis().then(keep),
      startSmtp().then(keep),
      freePort(),
    ])
    const config = read('alertmanager/alertmanager.yml').replace(
      'http://notifier:3002',
      `http://127.0.0.1:${port}`,
    )
    const alertmanager = keep(await startAlertmanager({ config }))
    const services = new Map<ServiceUser, ServiceUnderTest>()
    const start = (name: ServiceUser, own: Readonly<Record<string, string>> = {}) =>
      startService(name, environment(name, { nats, redis, smtp, alertmanager }, services, own), {
        readyTimeoutMs: 180_000,
      }).then(keep)
    services.set('collector', await start('collector'))
    services.set('notifier', await start('notifier', { NOTIFIER_PORT: String(port) }))
    const rest = users.filter((name) => !services.has(name) && name !== 'health')
    for (const [name, running] of await Promise.all(rest.map(async (n) => [n, await start(n)] as const)))
      services.set(name, running)
    // Last, since it is ready only while those that it watches are.
    const watched = [...services].map(([name, { url }]) => [
      `${name.toUpperCase().replaceAll('-', '_')}_URL`,
      url,
    ])
    services.set('health', await start('health', Object.fromEntries(watched)))

    const app = createMonitoring({
      service: 'shop',
      nats: { servers: nats.url, user: 'app', pass: passOf('app') },
      prometheus: false,
      onWarning: (text) => violations.add(text),
    })
    await app.start()
    undo.push(() => app.shutdown())
    return {
      smtp,
      services,
      app,
      violations,
      connectAs: (user) => connectAs(nats, user),
      startReplica: (name) => start(name),
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

function environment(
  name: ServiceUser,
  servers: Record<'nats' | 'redis' | 'alertmanager', Server> & { readonly smtp: Smtp },
  services: ReadonlyMap<ServiceUser, ServiceUnderTest>,
  own: Readonly<Record<string, string>>,
): Record<string, string> {
  return {
    NATS_URL: servers.nats.url,
    NATS_USER: name,
    NATS_PASS: passOf(name),
    NATS_INBOX_PREFIX: `_INBOX_${name}`,
    REDIS_URL: servers.redis.url,
    SELF_METRICS_INTERVAL: '1s',
    HEALTH_CHECK_INTERVAL: '1s',
    SLA_REPORTING_INTERVAL: '2s',
    SLA_EVALUATION_INTERVAL: '1s',
    CAPACITY_EVALUATION_INTERVAL: '1s',
    PROMETHEUS_URL: services.get('collector')?.url ?? '',
    SMTP_HOST: servers.smtp.host,
    SMTP_PORT: String(servers.smtp.port),
    EMAIL_TO: 'team@example.com',
    ALERT_MANAGER_URL: servers.alertmanager.url,
    ...own,
  }
}

function connectAs(nats: Server, user: User | undefined): Promise<NatsConnection> {
  const inboxPrefix = user === undefined || user === 'app' ? '_INBOX' : `_INBOX_${user}`
  const login = user === undefined ? {} : { user, pass: passOf(user) }
  return connect({ servers: nats.url, inboxPrefix, reconnect: false, ...login })
}
