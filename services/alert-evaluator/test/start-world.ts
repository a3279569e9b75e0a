import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { jetstream } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import { type AlertEvent, alertEvent, createSubjects } from '@tocsin/contract'
import { startNats, startService, waitFor } from '@tocsin/testkit'

const subjects = createSubjects()

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
    publish: (event: object) => js.publish(subjects.metrics('test'), JSON.stringify(event)),
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
    /** Waits until the stream's events are these states, in this order. */
    async untilStates(...states: string[]): Promise<readonly AlertEvent[]> {
      return waitFor(
        async () => {
          const events = await this.alerts()
          if (events.length < states.length) throw new Error(`so far: ${events.map((e) => e.state).join()}`)
          return events
        },
        { what: `alerts ${states.join()}`, timeoutMs: 10_000 },
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
