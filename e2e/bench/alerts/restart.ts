import { waitFor } from '@tocsin/testkit'
import { quantile } from '../statistics.ts'
import { type EvaluatorWorld, startEvaluatorWorld } from './evaluator-world.ts'

const ALERTS = 10_000
const A_BATCH = 500
const RULES = 'groups: [{ name: g, rules: [{ alert: Active, expr: active > 0 }] }]'
const TIMEOUT_MS = 120_000

/** How long a killed evaluator needs to be ready again, with and without 10,000 alerts that fire, and what it tells anew. */
export async function restartWithAlerts(rounds: number): Promise<void> {
  const [idle, full] = [await startEvaluatorWorld(RULES), await startEvaluatorWorld(RULES)]
  try {
    for (let i = 0; i < ALERTS; i += A_BATCH) {
      const levels = Array.from({ length: A_BATCH }, (_, n): [string, number] => [String(i + n), 1])
      await full.publish('bench', 'active', levels)
    }
    await waitFor(async () => (await toldBy(full)) === ALERTS, {
      what: 'every alert to fire',
      timeoutMs: TIMEOUT_MS,
    })
    const seconds: { idle: number[]; full: number[] } = { idle: [], full: [] }
    for (let round = 0; round < rounds; round++) {
      seconds.idle.push(await restart(idle))
      seconds.full.push(await restart(full))
    }
    const again = (await toldBy(full)) - ALERTS
    const [without, withAll] = [quantile(seconds.idle, 0.5), quantile(seconds.full, 0.5)]
    console.log(
      `\nFrom the start of a killed evaluator's process until it is ready, ${rounds} rounds in turn: ` +
        `without alerts ${without.toFixed(2)} s, with ${ALERTS} that fire ${withAll.toFixed(2)} s (medians; at most ` +
        `${Math.max(...seconds.full).toFixed(2)} s); transitions told again: ${again}; active after it: ${await activeOf(full)}`,
    )
  } finally {
    await idle.stop()
    await full.stop()
  }
}

async function restart({ evaluator }: EvaluatorWorld): Promise<number> {
  await evaluator.kill()
  const begun = performance.now()
  await evaluator.restart()
  return (performance.now() - begun) / 1000
}

async function toldBy({ jsm }: EvaluatorWorld): Promise<number> {
  return (await jsm.streams.info('ALERTS')).state.messages
}

async function activeOf({ evaluator }: EvaluatorWorld): Promise<number> {
  const { data } = (await (await fetch(`${evaluator.url}/api/v1/alerts`)).json()) as {
    data: { alerts: unknown[] }
  }
  return data.alerts.length
}
