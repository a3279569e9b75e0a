import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type JetStreamClient, type JetStreamManager, jetstream, jetstreamManager } from '@nats-io/jetstream'
import { connect, type NatsConnection } from '@nats-io/transport-node'
import { createSubjects } from '@tocsin/contract'
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
} from '@tocsin/testkit'

/** The path from event to notification, every part of it a real program: what the whole-system tests and benchmarks run. */
export interface System {
  readonly nats: Server
  readonly redis: Server
  readonly smtp: Smtp
  readonly slack: Slack
  readonly webhook: HttpSink
  readonly collector: ServiceUnderTest
  readonly evaluator: ServiceUnderTest
  readonly notifier: ServiceUnderTest
  readonly nc: NatsConnection
  readonly js: JetStreamClient
  readonly jsm: JetStreamManager
  /** Publishes on a source's metrics subject and waits until NATS has stored it. */
  publishMetric(event: object | string | Uint8Array, source?: string): Promise<void>
  stop(): Promise<void>
}

export interface SystemOptions {
  /** The text of a Prometheus rule file. */
  readonly rules: string
  readonly env?: Readonly<Record<string, string>>
}

const subjects = createSubjects()

/** Starts NATS, Redis, SMTP, Slack and a webhook's receiver, then collector, alert-evaluator and notifier on them. */
export async function startSystem({ rules, env = {} }: SystemOptions): Promise<System> {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-e2e-'))
  writeFileSync(join(folder, 'rules.yml'), rules)
  const undo: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })]
  const keep = <T extends { stop(): Promise<void> }>(started: T): T => {
    undo.push(() => started.stop())
    return started
  }
  const stop = async () => {
    for (const step of undo.splice(0).reverse()) await step()
  }

  try {
    const [nats, redis, smtp, slack, webhook] = await Promise.all([
      startNats().then(keep),
      startRedis().then(keep),
      startSmtp().then(keep),
      startSlack().then(keep),
      startHttpSink().then(keep),
    ])
    const shared = {
      NATS_URL: nats.url,
      REDIS_URL: redis.url,
      ALERT_RULES_PATH: folder,
      ALERT_RULE_PACKS: 'none',
      EMAIL_NOTIFICATIONS_ENABLED: 'true',
      SMTP_HOST: smtp.host,
      SMTP_PORT: String(smtp.port),
      EMAIL_FROM: 'monitoring@example.com',
      EMAIL_TO: 'team@example.com,oncall@example.com',
      SLACK_WEBHOOK_URL: slack.url,
      SLACK_CHANNEL: '#monitoring',
      WEBHOOK_URL: `${webhook.url}/hook`,
      ...env,
    }
    const start = (name: 'collector' | 'alert-evaluator' | 'notifier') =>
      startService(name, shared).then(keep)
    const [collector, evaluator, notifier] = await Promise.all([
      start('collector'),
      start('alert-evaluator'),
      start('notifier'),
    ])
    const nc = await connect({ servers: nats.url, maxReconnectAttempts: -1, reconnectTimeWait: 100 })
    undo.push(() => nc.close())
    const js = jetstream(nc)
    return {
      nats,
      redis,
      smtp,
      slack,
      webhook,
      collector,
      evaluator,
      notifier,
      nc,
      js,
      jsm: await jetstreamManager(nc),
      async publishMetric(event, source = 'shop') {
        const raw = typeof event === 'string' || event instanceof Uint8Array
        await js.publish(subjects.metrics(source), raw ? event : JSON.stringify(event))
      },
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}
