import type { BacktestResult, Episode, ObservedLine, PlacedRule } from '@tocsin/alerting'
import { formatDuration } from '@tocsin/promql'
import { formatTable } from '../output/table.ts'
import { formatTime } from '../query/format-number.ts'
import { formatRange, type RangeView } from '../query/format-range.ts'
import { drawTimelines } from './draw-timelines.ts'
import { nameOf } from './name-episode.ts'
import type { ReplayFigures } from './replay-parts.ts'

/** What was asked for, and where it is shown. */
export type BacktestView = Omit<RangeView, 'startMs' | 'endMs'> & {
  readonly fromMs: number
  readonly toMs: number
}

const MOST_ROWS = 40
const MOST_LINES = 5

/** When alerts would have fired: a table, a timeline each, and what the first one looks at. */
export function formatBacktest(
  result: BacktestResult,
  alerts: readonly PlacedRule[],
  view: BacktestView,
): string {
  const fired = result.episodes.filter(({ firedAtMs }) => firedAtMs !== undefined)
  const parts = [
    describe(result.episodes, alerts, view),
    ...(fired.length === 0 ? [] : [formatEpisodes(fired, view)]),
    ...(result.episodes.length === 0 ? [] : [drawTimelines(result.episodes, view)]),
    ...drawObserved(result.observed, view),
  ]
  return parts.join('\n\n')
}

function describe(episodes: readonly Episode[], alerts: readonly PlacedRule[], view: BacktestView): string {
  const when = `${formatTime(view.fromMs)} to ${formatTime(view.toMs)}, every ${formatDuration(view.stepMs)}`
  const fired = episodes.filter(({ firedAtMs }) => firedAtMs !== undefined).length
  const what = alerts.length === 1 ? alerts[0]?.ref.name : `${alerts.length} alerts`
  const pending = episodes.length - fired
  const times = (n: number) => (n === 1 ? 'once' : `${n} times`)
  const unfired = pending === 0 ? '' : `, and would have been pending ${times(pending)} without firing`
  return `${what} would ${fired === 0 ? 'not have fired' : `have fired ${times(fired)}`}${unfired}: ${when}`
}

function formatEpisodes(fired: readonly Episode[], { fromMs, toMs }: BacktestView): string {
  const rows = fired.slice(0, MOST_ROWS).map((episode) => {
    const { pendingAtMs, firedAtMs = pendingAtMs, endedAtMs } = episode
    return [
      nameOf(episode),
      formatDuration(firedAtMs - pendingAtMs),
      firedAtMs < fromMs ? `before ${formatTime(fromMs)}` : formatTime(firedAtMs),
      endedAtMs === undefined ? 'still fires' : formatTime(endedAtMs),
      formatDuration((endedAtMs ?? toMs) - firedAtMs),
    ]
  })
  const table = formatTable(['alert', 'pending', 'fires', 'resolves', 'for'], rows, [1, 4])
  const rest = fired.length - rows.length
  return rest > 0 ? `${table}\n\n${rest} more are not shown: narrow it with --rule, --from and --to` : table
}

/** What the condition compares: the lines that went furthest, and with colours to tell them apart its limit. */
function drawObserved(
  lines: readonly ObservedLine[],
  { fromMs, toMs, ...view }: BacktestView,
): readonly string[] {
  const furthest = (line: ObservedLine) =>
    line.points.reduce((most, [, value]) => Math.max(most, Math.abs(value)), 0)
  const observed = lines.filter(({ isLimit }) => !isLimit).toSorted((a, b) => furthest(b) - furthest(a))
  const limit = lines.find(({ isLimit }) => isLimit)
  const [first] = observed
  if (first === undefined) return []
  const drawn = [...observed.slice(0, MOST_LINES), ...(limit && view.colors.isColorSupported ? [limit] : [])]
  const matrix = drawn.map(({ isLimit, labels, points }) => ({
    metric: isLimit ? { __name__: 'limit' } : labels,
    values: points.map(([ms, value]): [number, string] => [
      ms / 1000,
      String(value).replace('Infinity', 'Inf'),
    ]),
    histograms: [],
  }))
  // The furthest apart that two points lie: where an alert was active there are more of them.
  const gaps = first.points.map(([ms], i) => ms - (first.points[i - 1]?.[0] ?? ms))
  const stepMs = Math.max(view.stepMs, ...gaps)
  const title = limit ? `${first.name} (limit ${limit.name})` : first.name
  const rest = observed.length - MOST_LINES
  const more = rest > 0 ? [`${rest} more series are not drawn`] : []
  return [[title, formatRange(matrix, { ...view, stepMs, startMs: fromMs, endMs: toMs }), ...more].join('\n')]
}

/** How fast it was, beside the time that was replayed. */
export function formatFigures(result: BacktestResult, figures: ReplayFigures, rangeMs: number): string {
  const { samples, fetchedMs, evaluatedMs } = figures
  const speed = rangeMs / Math.max(1, fetchedMs + evaluatedMs)
  const seconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`
  return `${formatDuration(rangeMs)} in ${seconds(fetchedMs + evaluatedMs)}, ${Math.round(speed).toLocaleString('en')} × real time: ${samples.toLocaleString('en')} samples fetched in ${seconds(fetchedMs)}, ${result.evaluations.toLocaleString('en')} evaluations in ${seconds(evaluatedMs)}`
}

/** Everything, for programs. Times as in the API. */
export function toJson({ episodes, evaluations, failures }: BacktestResult, view: BacktestView): string {
  const iso = (ms: number | undefined) => (ms === undefined ? null : new Date(ms).toISOString())
  return JSON.stringify({
    from: iso(view.fromMs),
    to: iso(view.toMs),
    step: view.stepMs / 1000,
    evaluations,
    episodes: episodes.map((episode) => ({
      alert: episode.rule.ref.name,
      labels: episode.labels,
      pendingAt: iso(episode.pendingAtMs),
      firedAt: iso(episode.firedAtMs),
      endedAt: iso(episode.endedAtMs),
      summary: episode.summary,
    })),
    failures: failures.map(({ rule, reason, times }) => ({ rule: rule.ref.name, reason, times })),
  })
}
