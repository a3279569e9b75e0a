import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type JetStreamManager, jetstream } from '@nats-io/jetstream'
import { connect, type NatsConnection } from '@nats-io/transport-node'
import { createSubjects } from '@tocsin/contract'
import { type ServiceUnderTest, startNats, startService } from '@tocsin/testkit'

/** An alert-evaluator with these rules behind a NATS of its own. */
export interface EvaluatorWorld {
  readonly evaluator: ServiceUnderTest
  readonly nc: NatsConnection
  readonly jsm: JetStreamManager
  /** Publishes levels of one source as a batch, and resolves once they are stored. */
  publish(source: string, metric: string, levels: readonly (readonly [string, number])[]): Promise<void>
  stop(): Promise<void>
}

const subjects = createSubjects()
const READY_TIMEOUT_MS = 60_000

export async function startEvaluatorWorld(rules: string): Promise<EvaluatorWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-bench-'))
  writeFileSync(join(folder, 'rules.yml'), rules)
  const nats = await startNats()
  const env = { NATS_URL: nats.url, ALERT_RULES_PATH: folder, ALERT_RULE_PACKS: 'none' }
  const evaluator = await startService('alert-evaluator', env, { readyTimeoutMs: READY_TIMEOUT_MS })
  const nc = await connect({ servers: nats.url })
  const js = jetstream(nc)
  let batches = 0
  return {
    evaluator,
    nc,
    jsm: await js.jetstreamManager(),
    async publish(source, metric, levels) {
      const batch = {
        v: 1,
        id: `bench-${process.pid}-${++batches}`,
        time: new Date().toISOString(),
        source,
        metrics: [{ name: metric, type: 'gauge' }],
        series: levels.map(([n]) => [0, { source, n }]),
        samples: levels.map(([, level], i) => [i, level]),
      }
      await js.publish(subjects.metrics(source), JSON.stringify(batch))
    },
    async stop() {
      await nc.close()
      await evaluator.stop()
      await nats.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Calls back with the labels of each alert that fires, as it is published. */
export function onFiring(
  { nc }: EvaluatorWorld,
  told: (labels: Readonly<Record<string, string>>) => void,
): void {
  nc.subscribe(subjects.allAlerts, {
    callback(_error, message) {
      const { state, labels } = message.json<{ state: string; labels: Record<string, string> }>()
      if (state === 'firing') told(labels)
    },
  })
}
