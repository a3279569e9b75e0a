import { setTimeout as delay } from 'node:timers/promises'
import type { HttpSink } from '@tocsin/testkit'
import { startSystem } from '../start-system.ts'
import { type PeerPath, startPrometheusPath, startVictoriaPath } from './peer-path.ts'
import { VICTORIA_MISSING } from './rules/victoria-side.ts'
import { header, quantile, row } from './statistics.ts'

const ROUNDS = 60
const EVENTS_A_ROUND = 10
// A store may need some seconds to find a series that is new: those of the peers are there before.
const KNOWN_AFTER_MS = 15_000
const EXPRESSION = 'bench_metric > 100'

/** What one peer took, and by how much that was longer than Tocsin's median of the same round. */
interface Compared {
  readonly times: number[]
  readonly ratios: number[]
}

/**
 * From a metric event to the webhook that its alert causes, `for: 0`, severity critical: Tocsin beside Prometheus, and
 * vmalert, with Alertmanager at their fastest settings, in turn, in one run. All receivers run in this process.
 */
export async function latency(rounds: number = ROUNDS): Promise<void> {
  const rules = `groups:
  - name: bench
    rules: [{ alert: Bench, expr: '${EXPRESSION}', labels: { severity: critical } }]
`
  const peers: PeerPath[] = [await startPrometheusPath(EXPRESSION)]
  const victoria = await startVictoriaPath(EXPRESSION)
  if (victoria) peers.push(victoria)
  else console.log(VICTORIA_MISSING)
  const system = await startSystem({
    rules,
    env: { EMAIL_NOTIFICATIONS_ENABLED: 'false', SLACK_WEBHOOK_URL: '' },
  })
  const tocsin: number[] = []
  const compared = new Map(peers.map((peer): [PeerPath, Compared] => [peer, { times: [], ratios: [] }]))
  try {
    await warmUp(system.webhook, (id) => system.publishMetric(event(id)))
    for (const peer of peers) {
      await warmUp(peer.webhook, async (id) => peer.set(series(id), 150))
      for (let round = 0; round < rounds; round++) peer.set(series(`p${round}`), 0)
    }
    await delay(KNOWN_AFTER_MS)
    for (let round = 0; round < rounds; round++) {
      const ours: number[] = []
      for (let i = 0; i < EVENTS_A_ROUND; i++) {
        const id = `t${round}-${i}`
        ours.push(await timed(system.webhook, id, () => system.publishMetric(event(id))))
        await delay(5 + Math.random() * 20)
      }
      tocsin.push(...ours)
      for (const [peer, { times, ratios }] of compared) {
        await delay(Math.random() * 1000)
        const id = `p${round}`
        const theirs = await timed(peer.webhook, id, async () => peer.set(series(id), 150))
        times.push(theirs)
        ratios.push(theirs / quantile(ours, 0.5))
      }
    }
  } finally {
    await system.stop()
    for (const peer of peers) await peer.stop()
  }
  console.log(
    `From event to webhook, ${rounds} rounds of ${EVENTS_A_ROUND} events and 1 of each peer, in turn:\n`,
  )
  console.log(header)
  console.log(row('Tocsin', tocsin))
  for (const [{ name }, { times }] of compared) console.log(row(name, times))
  for (const [{ name }, { ratios }] of compared) {
    const spread = [0.05, 0.5, 0.95].map((share) => `${quantile(ratios, share).toFixed(0)}×`)
    console.log(`${name}: ratio by round: median ${spread[1]}, 5 % to 95 %: ${spread[0]} to ${spread[2]}`)
  }
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
