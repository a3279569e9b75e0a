import type { Backtest, BacktestPlan } from '@tocsin/alerting'
import { CliError } from '../errors.ts'
import type { Backend } from '../query/ask-backend.ts'
import { fetchSamples, type Part, TooMuchError } from './fetch-samples.ts'

/** What a replay took. */
export interface ReplayFigures {
  readonly samples: number
  readonly fetchedMs: number
  readonly evaluatedMs: number
}

const HOUR_MS = 3_600_000
// Prometheus answers at most so many points of a series.
const MOST_STEPS = 10_000
const MANY_SAMPLES = 2_000_000

/** Fetches part after part, and replays each: only one is held at a time. @throws {CliError} */
export async function replayParts(
  backend: Backend,
  backtest: Backtest,
  plan: BacktestPlan,
  { stepMs, toMs, now }: { readonly stepMs: number; readonly toMs: number; readonly now: () => number },
): Promise<ReplayFigures> {
  let [samples, fetchedMs, evaluatedMs] = [0, 0, 0]
  let spanMs = Math.min(6 * HOUR_MS, MOST_STEPS * stepMs)
  for (let fromMs = backtest.dataFromMs; fromMs < toMs; ) {
    const part: Part = { fromMs, toMs: Math.min(toMs, fromMs + spanMs) }
    const begun = now()
    const series = await fetchSamples(backend, plan.selectors, part, stepMs).catch((error: unknown) => {
      if (!(error instanceof TooMuchError)) throw error
      if (spanMs <= stepMs) throw new CliError('query-failed', `one step alone is too much: ${error.message}`)
      return undefined
    })
    const fetched = now()
    fetchedMs += fetched - begun
    if (series === undefined) {
      spanMs = Math.max(stepMs, Math.floor(spanMs / 4))
      continue
    }
    const count = series.reduce((sum, { timestamps }) => sum + timestamps.length, 0)
    backtest.replay(series, part.toMs)
    evaluatedMs += now() - fetched
    samples += count
    if (count > MANY_SAMPLES) spanMs = Math.max(stepMs, Math.floor(spanMs / 2))
    fromMs = part.toMs
  }
  return { samples, fetchedMs, evaluatedMs }
}
