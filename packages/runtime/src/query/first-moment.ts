import type { PrometheusClient } from './prometheus-client.ts'

const POINTS = 1000
const LEAST_STEP_MS = 10_000

/**
 * About when a query first has an answer within the `reachMs` before `nowMs`, to ten seconds; undefined when it has none.
 * Looked for in steps that shrink, so that no query asks for more than a thousand points. `query` is given the step,
 * for a range selector that must span it.
 */
export async function firstMoment(
  client: PrometheusClient,
  query: (stepMs: number) => string,
  nowMs: number,
  reachMs: number,
): Promise<number | undefined> {
  let reach = reachMs
  for (let step = Math.max(reachMs / POINTS, LEAST_STEP_MS); ; step = Math.max(step / 100, LEAST_STEP_MS)) {
    // Counted back from now, so that now itself is asked for, however short the history.
    const begin = nowMs - Math.ceil(reach / step) * step
    const end = Math.min(nowMs, begin + step * POINTS)
    const series = await client.range(query(step), begin, end, step)
    const starts = series.flatMap(({ points }) => points[0]?.[0] ?? [])
    if (starts.length === 0) return undefined
    const first = Math.min(...starts)
    if (step === LEAST_STEP_MS) return first
    reach = nowMs - first + step
  }
}
