import { loadPacks } from '@tocsin/rules'
import { createBacktest, type FedSeries, placeRules, planBacktest } from '../src/mod.ts'

const HOUR_MS = 3_600_000
const STEP_MS = 15_000
const START = Date.UTC(2026, 0, 1)

/** A day of requests of services with 20 routes each, an hour at a time; one service fails for ten minutes. */
function requests(services: number, fromMs: number): FedSeries[] {
  const timestamps = Float64Array.from({ length: HOUR_MS / STEP_MS }, (_, i) => fromMs + i * STEP_MS)
  return Array.from({ length: services * 20 }, (_, n) => {
    const failing = n === 0
    const labels = {
      __name__: 'http_requests_total',
      service: `s${Math.floor(n / 20)}`,
      route: `/r${n % 20}`,
      status_code: failing ? '500' : '200',
    }
    const errors = (ms: number) => Math.max(0, Math.min(ms - START - 10 * HOUR_MS, 600_000)) / 100
    return {
      labels,
      timestamps,
      values: Float64Array.from(timestamps, (ms) => (failing ? errors(ms) : (ms - START) / 500)),
    }
  })
}

console.log('24 h at 15 s, evaluation alone (what is fetched comes on top):')
for (const [alert, services] of [
  ['HighErrorRate', 1],
  ['HighErrorRate', 10],
  ['AvailabilityBudgetBurns', 1],
] as const) {
  const { groups } = placeRules(loadPacks(), { intervalMs: STEP_MS })
  const plan = planBacktest(groups, ({ rule }) => rule.name === alert)
  const backtest = createBacktest({
    plan,
    fromMs: START,
    toMs: START + 24 * HOUR_MS,
    stepMs: STEP_MS,
    points: 100,
  })
  let spentMs = 0
  for (let fromMs = START; fromMs < START + 24 * HOUR_MS; fromMs += HOUR_MS) {
    const series = requests(services, fromMs)
    const begun = performance.now()
    backtest.replay(series, fromMs + HOUR_MS)
    spentMs += performance.now() - begun
  }
  const { evaluations, episodes } = backtest.result()
  const speed = Math.round((24 * HOUR_MS) / spentMs).toLocaleString('en')
  console.log(
    `${alert}, ${services * 20} series: ${(spentMs / 1000).toFixed(2)} s, ${speed} × real time, ${evaluations} evaluations, fired ${episodes.length} times`,
  )
}
