import type { AlertEvent, WebhookBody } from '@tocsin/contract'
import { freePort, type Server, startAlertmanager, waitFor } from '@tocsin/testkit'
import { type TransitionFacts, transition } from './samples/events.ts'
import { startWorld, type World } from './world.ts'

/** A notifier that tells a real Alertmanager of alerts, whose webhook comes back to it. */
export interface AlertmanagerWorld extends World {
  readonly alertmanager: Server
  /** The text of an alertmanager.yml whose webhook leads to the notifier. */
  readonly wiredConfig: string
  readonly env: Readonly<Record<string, string>>
  /** What people were told of an alert: `firing` and `resolved`, in order. */
  toldOf(name: string): readonly string[]
  /** Waits until people were told exactly this. */
  untilTold(name: string, states: readonly string[], timeoutMs?: number): Promise<void>
  /** Publishes a transition as the evaluator does, now; answers when that was. */
  alert(name: string, state?: 'firing' | 'resolved', facts?: TransitionFacts): Promise<AlertEvent>
  /** What Alertmanager says of alerts. */
  alertsInAlertmanager(name: string): Promise<readonly AlertmanagerAlert[]>
  /** Waits until a notification of the alert is known as delivered: a crash no longer repeats it. */
  untilRecorded(event: AlertEvent): Promise<void>
  metric(line: RegExp): Promise<number>
}

interface AlertmanagerAlert {
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly startsAt: string
  readonly endsAt: string
  readonly generatorURL: string
  readonly status: { readonly state: string }
}

const alertmanagerConfig = (notifierPort: number) => `
global:
  resolve_timeout: 2s
route:
  group_by: ['...']
  group_wait: 0s
  group_interval: 1s
  repeat_interval: 1h
  receiver: default
receivers:
  - name: default
    webhook_configs:
      - url: 'http://127.0.0.1:${notifierPort}/api/monitoring/alerts'
        send_resolved: true
`

export interface AlertmanagerWorldOptions {
  /** Laid over the notifier's environment. */
  readonly env?: Readonly<Record<string, string>>
  /** Of Alertmanager. Default: its webhook leads to the notifier. */
  readonly config?: string
  readonly alertmanagerPort?: number
}

export async function startAlertmanagerWorld(
  options: AlertmanagerWorldOptions = {},
): Promise<AlertmanagerWorld> {
  const port = await freePort()
  const wiredConfig = alertmanagerConfig(port)
  const { config = wiredConfig, alertmanagerPort } = options
  const alertmanager = await startAlertmanager({
    config,
    ...(alertmanagerPort === undefined ? {} : { port: alertmanagerPort }),
  })
  const env = {
    NOTIFIER_PORT: String(port),
    ALERT_MANAGER_URL: alertmanager.url,
    ALERT_MANAGER_FALLBACK_AFTER: '2s',
    ALERT_MANAGER_RESEND: '1s',
    ...options.env,
  }
  const world = await startWorld(env)

  const toldOf = (name: string) =>
    world.sink.requests.flatMap((request) => {
      const { alerts } = request.json() as WebhookBody
      return alerts.filter(({ labels }) => labels['alertname'] === name).map(({ status }) => status)
    })

  return {
    ...world,
    alertmanager,
    wiredConfig,
    env,
    toldOf,
    untilTold: async (name, states, timeoutMs = 15_000) => {
      await waitFor(
        () => {
          const told = toldOf(name)
          if (told.length < states.length) throw new Error(`so far: ${told.join()}`)
          if (told.join() !== states.join()) throw new Error(`told ${told.join()}`)
          return true
        },
        { what: `${name} ${states.join()}`, timeoutMs },
      )
    },
    async alert(name, state = 'firing', facts = {}) {
      const timeMs = Date.now()
      const given = transition({ name, state, id: `${name}-${state}-${timeMs}`, timeMs, ...facts })
      const event = { ...given, generatorURL: 'http://localhost:3003/graph?g0.expr=up' }
      await world.publishAlert(event)
      return event
    },
    async alertsInAlertmanager(name) {
      const filter = encodeURIComponent(`alertname="${name}"`)
      const answer = await fetch(`${alertmanager.url}/api/v2/alerts?filter=${filter}`)
      return (await answer.json()) as AlertmanagerAlert[]
    },
    async untilRecorded({ fingerprint }) {
      await world.waitForDeliveries(`outcome=delivered&channel=webhook&fingerprint=${fingerprint}`, 1, 20_000)
    },
    async metric(line) {
      const text = await (await fetch(`${world.service.url}/metrics`)).text()
      return Number(line.exec(text)?.[1])
    },
    async stop() {
      await world.stop()
      await alertmanager.stop()
    },
  }
}
