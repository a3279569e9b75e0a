import { setTimeout as delay } from 'node:timers/promises'
import type { HttpSink } from '@tocsin/testkit'
import { startSystem } from '../start-system.ts'
import { startPrometheusPath } from './prometheus-path.ts'
import { header, quantile, row } from './statistics.ts'

const ROUNDS = 60
const EVENTS_A_ROUND = 10
const EXPRESSION = 'bench_metric > 100'

/**
 * From a metric event to the webhook that its alert causes, `for: 0`, severity critical: Tocsin beside Prometheus and
 * Alertmanager at their fastest settings, in turn, in one run. Both sides' receivers run in this process.
 */
export async function latency(rounds: number = ROUNDS): Promise<void> {
  const rules = `groups:
  - name: bench
    rules: [{ alert: Bench, expr: '${EXPRESSION}', labels: { severity: critical } }]
`
  const peer = await startPrometheusPath(EXPRESSION)
  const system = await startSystem({
    rules,
    env: { EMAIL_NOTIFICATIONS_ENABLED: 'false', SLACK_WEBHOOK_URL: '' },
  })
  const tocsin: number[] = []
  const prometheus: number[] = []
  const ratios: number[] = []
  try {
    await warmUp(system.webhook, (id) => system.publishMetric(event(id)))
    await warmUp(peer.webhook, async (id) => peer.set(series(id), 150))
    for (let round = 0; round < rounds; round++) {
      const ours: number[] = []
      for (let i = 0; i < EVENTS_A_ROUND; i++) {
        const id = `t${round}-${i}`
        ours.push(await timed(system.webhook, id, () => system.publishMetric(event(id))))
        await delay(5 + Math.random() * 20)
      }
      await delay(Math.random() * 1000)
      const id = `p${round}`
      const theirs = await timed(peer.webhook, id, async () => peer.set(series(id), 150))
      tocsin.push(...ours)
      prometheus.push(theirs)
      ratios.push(theirs / quantile(ours, 0.5))
    }
  } finally {
    await system.stop()
    await peer.stop()
  }
  console.log(`From event to webhook, ${rounds} rounds of ${EVENTS_A_ROUND} events and 1, in turn:\n`)
  console.log(header)
  console.log(row('Tocsin', tocsin))
  console.log(row('Prometheus + Alertmanager, 1 s', prometheus))
  const spread = [0.05, 0.5, 0.95].map((share) => `${quantile(ratios, share).toFixed(0)}×`)
  console.log(`\nratio by round: median ${spread[1]}, 5 % to 95 %: ${spread[0]} to ${spread[2]}`)
}

const event = (id: string) => ({ name: 'bench_metric', type: 'gauge', value: 150, labels: { id } })
const series = (id: string) => `bench_metric{id="${id}"}`

/** Milliseconds from just before the cause to the complete request. */
async function timed(sink: HttpSink, id: string, cause: () => Promise<void>): Promise<number> {
  let arrived = Number.NaN
  sink.clear()
  sink.answerWith((request) => {
    if (Number.isNaN(arrived) && request.body.includes(`"${id}"`)) arrived = performance.now()
    return {}
  })
  const begun = performance.now()
  const done = sink.waitForRequest((request) => request.body.includes(`"${id}"`), 30_000)
  await Promise.all([cause(), done])
  return arrived - begun
}

async function warmUp(sink: HttpSink, cause: (id: string) => Promise<void>): Promise<void> {
  for (let i = 0; i < 5; i++) await timed(sink, `warm-${i}`, () => cause(`warm-${i}`))
}
