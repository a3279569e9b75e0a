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

const MINUTE_MS = 60_000
const FIRST_SPAN_MS = 30 * MINUTE_MS
const LONGEST_SPAN_MS = 360 * MINUTE_MS
// Prometheus answers at most 11,000 points of a series.
const MOST_STEPS = 10_000
// About a hundred megabytes of an answer.
const MANY_SAMPLES = 2_000_000

/** Fetches part after part, and replays each: only one is held at a time. @throws {CliError} */
export async function replayParts(
  backend: Backend,
  backtest: Backtest,
  plan: BacktestPlan,
  { stepMs, toMs, now }: { readonly stepMs: number; readonly toMs: number; readonly now: () => number },
): Promise<ReplayFigures> {
  let [samples, fetchedMs, evaluatedMs] = [0, 0, 0]
  let mostMs = Math.min(LONGEST_SPAN_MS, MOST_STEPS * stepMs)
  // How much there is shows itself: short parts first, then longer ones.
  let spanMs = Math.min(FIRST_SPAN_MS, mostMs)
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
      mostMs = spanMs
      continue
    }
    const count = series.reduce((sum, { timestamps }) => sum + timestamps.length, 0)
    backtest.replay(series, part.toMs)
    evaluatedMs += now() - fetched
    samples += count
    if (count > MANY_SAMPLES) spanMs = Math.max(stepMs, Math.floor(spanMs / 2))
    else if (count * 4 < MANY_SAMPLES) spanMs = Math.min(mostMs, spanMs * 4)
    fromMs = part.toMs
  }
  return { samples, fetchedMs, evaluatedMs }
}
