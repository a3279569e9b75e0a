import { formatDuration } from '@tocsin/promql'
import type { Colors } from 'picocolors/types.js'
import { formatTable } from '../output/table.ts'
import type { Matrix, Sample } from './answer.ts'
import { drawChart, type Line } from './draw-chart.ts'
import { formatLabels } from './format-labels.ts'
import { formatNumber, formatTime, numberOf } from './format-number.ts'

export interface RangeView {
  readonly startMs: number
  readonly endMs: number
  readonly stepMs: number
  /** The width of the terminal, in characters. */
  readonly columns: number
  readonly colors: Colors
}

const PALETTE = [
  { name: 'cyan', ansi: 'ansiCyan' },
  { name: 'yellow', ansi: 'ansiYellow' },
  { name: 'magenta', ansi: 'ansiMagenta' },
  { name: 'green', ansi: 'ansiGreen' },
  { name: 'red', ansi: 'ansiRed' },
  { name: 'blue', ansi: 'ansiBlue' },
] as const
/** As many as there are colours to tell them apart, on a dark and on a light ground. */
const MOST_DRAWN = PALETTE.length
/** What the axis of values takes beside the chart. */
const AXIS_WIDTH = 14

interface Drawn {
  readonly name: string
  readonly series: Matrix[number]
  readonly line: Line
  readonly mark: string
}

/** A chart of the first series, and below it what each is, with its least, greatest and last value. */
export function formatRange(matrix: Matrix, view: RangeView): string {
  const { colors } = view
  const drawn = PALETTE.flatMap(({ name, ansi }, at): Drawn[] => {
    const series = matrix[at]
    if (!series) return []
    const points = series.values.map(([seconds, value]) => [seconds * 1000, numberOf(value)] as const)
    const line = { points, ...(colors.isColorSupported && { color: ansi }) }
    return [{ name: formatLabels(series.metric), series, line, mark: colors[name]('━━') }]
  })
  return [...drawCharts(drawn, view), formatLegend(drawn), describe(matrix.length, view)].join('\n\n')
}

/** Without colours, lines in one chart could not be told apart: each gets its own. */
function drawCharts(drawn: readonly Drawn[], { columns, colors, stepMs }: RangeView): string[] {
  const size = { columns: Math.max(20, Math.min(100, columns - AXIS_WIDTH)), stepMs }
  if (colors.isColorSupported || drawn.length === 1) {
    const lines = drawn.map(({ line }) => line)
    return [drawChart(lines, { ...size, rows: 12 }) ?? []].flat()
  }
  return drawn.flatMap(({ name, line }) => {
    const chart = drawChart([line], { ...size, rows: 6 })
    return chart === undefined ? [] : [`${name}\n${chart}`]
  })
}

function formatLegend(drawn: readonly Drawn[]): string {
  const rows = drawn.map(({ mark, name, series: { values, histograms } }) => [
    mark,
    histograms.length > 0 ? `${name} (native histograms are not drawn)` : name,
    ...summarize(values),
  ])
  return formatTable(['', 'series', 'min', 'max', 'last'], rows, [2, 3, 4])
}

function summarize(values: readonly Sample[]): string[] {
  const last = values.at(-1)
  if (last === undefined) return ['-', '-', '-']
  // NaN counts only where there is nothing else, as in PromQL's min and max.
  const all = values.map(([, value]) => numberOf(value))
  const numbers = all.filter((value) => !Number.isNaN(value))
  const extreme = (pick: (a: number, b: number) => number) =>
    formatNumber(numbers.length > 0 ? numbers.reduce((a, b) => pick(a, b)) : Number.NaN)
  return [extreme(Math.min), extreme(Math.max), formatNumber(numberOf(last[1]))]
}

function describe(count: number, { startMs, endMs, stepMs }: RangeView): string {
  const when = `${formatTime(startMs)} to ${formatTime(endMs)}, every ${formatDuration(stepMs)}`
  if (count <= MOST_DRAWN) return `${count} series, ${when}`
  return `${MOST_DRAWN} of ${count} series, ${when}; the other ${count - MOST_DRAWN} are not shown: narrow it, with topk(${MOST_DRAWN}, …) for example`
}
