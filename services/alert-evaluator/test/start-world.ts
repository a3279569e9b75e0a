import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { jetstream } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import { type AlertEvent, alertEvent, createSubjects } from '@tocsin/contract'
import { type ServiceUnderTest, startNats, startService, waitFor } from '@tocsin/testkit'
import { expect } from 'vitest'

const subjects = createSubjects()

/** What the tests read of the API's answers. */
interface ApiAnswer {
  readonly status: string
  readonly error: string
  readonly data: {
    readonly groups: readonly ApiGroup[]
    readonly alerts: readonly ApiAlert[]
    /** Of a service, in the list of dynamic rules. */
    readonly operations: readonly { readonly latency: { readonly from: string } }[]
    readonly operationsOver: number
  }
}
interface ApiGroup {
  readonly name: string
  readonly file: string
  readonly rules: readonly ApiRule[]
}
interface ApiRule {
  readonly name: string
  readonly query: string
  readonly state: string
  readonly health: string
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly alerts: readonly ApiAlert[]
}
interface ApiAlert {
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly state: string
  readonly value: string
}

/** A real NATS, a rules folder, and a look at the ALERTS stream. */
export async function startWorld() {
  const nats = await startNats()
  const folder = await mkdtemp(join(tmpdir(), 'tocsin-rules-'))
  const nc = await connect({ servers: nats.url })
  const js = jetstream(nc)

  return {
    nats,
    nc,
    js,
    folder,
    env: {
      NATS_URL: nats.url,
      ALERT_RULES_PATH: folder,
      ALERT_RULE_PACKS: 'none',
      EVALUATION_INTERVAL: '1s',
    },
    start: (env: Readonly<Record<string, string>> = {}) =>
      startService('alert-evaluator', {
        NATS_URL: nats.url,
        ALERT_RULES_PATH: folder,
        ALERT_RULE_PACKS: 'none',
        EVALUATION_INTERVAL: '1s',
        ...env,
      }),
    writeRules: (name: string, yaml: string) => writeFile(join(folder, name), yaml),
    removeRules: (name: string) => rm(join(folder, name)),
    /** What the evaluator's API answers. */
    async api(evaluator: ServiceUnderTest, path: string, init: RequestInit = {}) {
      const response = await fetch(`${evaluator.url}${path}`, {
        ...init,
        headers: { 'content-type': 'application/json' },
      })
      return { code: response.status, ...((await response.json()) as ApiAnswer) }
    },
    publishRaw: (body: string) => js.publish(subjects.metrics('test'), body),
    gauge: (name: string, value: number, labels: Readonly<Record<string, string>> = {}) =>
      js.publish(subjects.metrics('test'), JSON.stringify({ name, type: 'gauge', value, labels })),
    /** Every event of the ALERTS stream, in its order. */
    async alerts(): Promise<readonly AlertEvent[]> {
      const jsm = await js.jetstreamManager()
      const { state } = await jsm.streams.info('ALERTS')
      const events: AlertEvent[] = []
      for (let seq = state.first_seq; seq <= state.last_seq; seq++) {
        const message = await jsm.streams.getMessage('ALERTS', { seq })
        if (message) events.push(alertEvent.parse(message.json()))
      }
      return events
    },
    /** Waits until the stream's events are these states, in this order; with `alertname`, those of that alert. */
    async untilStates(states: readonly string[], alertname?: string): Promise<readonly AlertEvent[]> {
      return waitFor(
        async () => {
          const events = (await this.alerts()).filter((e) => !alertname || e.alertname === alertname)
          if (events.length < states.length) throw new Error(`so far: ${events.map((e) => e.state).join()}`)
          expect(events.map((e) => e.state)).toEqual(states)
          return events
        },
        { what: `alerts ${states.join()}`, timeoutMs: 15_000 },
      )
    },
    async stop() {
      await nc.close()
      await nats.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
export type World = Awaited<ReturnType<typeof startWorld>>
