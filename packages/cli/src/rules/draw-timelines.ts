import type { Episode } from '@tocsin/alerting'
import type { BacktestView } from './format-backtest.ts'
import { nameOf } from './name-episode.ts'

const MOST = 12
const [NOTHING, PENDING, FIRING] = ['·', '─', '█'] as const

/** A line for each alert: when it was pending, and when it fired. Of what falls into one character, the worst is shown. */
export function drawTimelines(episodes: readonly Episode[], view: BacktestView): string {
  const byName = Map.groupBy(episodes, nameOf)
  const fires = (of: readonly Episode[]) => of.some(({ firedAtMs }) => firedAtMs !== undefined)
  const shown = [...byName].toSorted(([, a], [, b]) => Number(fires(b)) - Number(fires(a))).slice(0, MOST)
  const width = Math.max(20, Math.min(100, view.columns - 2))
  const lines = shown.map(([name, own]) => `${name}\n${drawTimeline(own, view, width)}`)
  const legend = `${PENDING} pending, ${FIRING} firing`
  const rest = byName.size - shown.length
  return [...lines, rest > 0 ? `${legend}; ${rest} more alerts are not drawn` : legend].join('\n')
}

function drawTimeline(
  episodes: readonly Episode[],
  { fromMs, toMs, colors }: BacktestView,
  width: number,
): string {
  const columnMs = (toMs - fromMs) / width
  const marks = Array.from({ length: width }, (_, column): string => {
    const [startMs, endMs] = [fromMs + column * columnMs, fromMs + (column + 1) * columnMs]
    const within = episodes.filter(
      ({ pendingAtMs, endedAtMs = Number.POSITIVE_INFINITY }) => pendingAtMs < endMs && endedAtMs >= startMs,
    )
    if (within.some(({ firedAtMs }) => firedAtMs !== undefined && firedAtMs < endMs)) return FIRING
    return within.length > 0 ? PENDING : NOTHING
  })
  const paint = { [NOTHING]: colors.dim, [PENDING]: colors.yellow, [FIRING]: colors.red }
  return marks.join('').replace(/(.)\1*/g, (same) => paint[same[0] as keyof typeof paint](same))
}
