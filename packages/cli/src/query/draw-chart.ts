import { type Color, type MultiLine, plot, type SingleLine } from 'simple-ascii-chart'
import { formatTick, formatTime } from './format-number.ts'

/** A line of a chart: `[milliseconds since the epoch, value]`. */
export interface Line {
  readonly points: readonly (readonly [timeMs: number, value: number])[]
  readonly color?: Color
}

export interface ChartSize {
  readonly columns: number
  readonly rows: number
  /** Where samples are further apart than this, the line is broken. Milliseconds. */
  readonly stepMs: number
}

const X_TICKS = 5
const DAY_MS = 86_400_000

/** Lines over time in characters. Undefined when none of them has a value that can be drawn. */
export function drawChart(lines: readonly Line[], { columns, rows, stepMs }: ChartSize): string | undefined {
  const pieces: MultiLine = []
  const colors: (Color | undefined)[] = []
  for (const { points, color } of lines)
    for (const piece of unbroken(points, stepMs)) {
      pieces.push(piece)
      colors.push(color)
    }
  if (pieces.length === 0) return undefined
  const x = extent(pieces.flatMap((piece) => piece.map(([time]) => time)))
  const y = extent(pieces.flatMap((piece) => piece.map(([, value]) => value)))
  // Drawn between 0 and 1: the library loses its way with ranges beyond what a double holds.
  const scaled = pieces.map((piece) => piece.map(([time, value]): [number, number] => [time, y.scale(value)]))
  const yTicks = y.ticks(rows < 10 ? 3 : 5)
  const text = plot(scaled, {
    width: columns,
    height: rows,
    ...(colors[0] && { color: (index) => colors[index] ?? 'ansiBlue' }),
    customXAxisTicks: x.ticks(X_TICKS),
    customYAxisTicks: yTicks.map(y.scale),
    formatter: (at, { axis }) => (axis === 'x' ? clock(at, x.span) : formatTick(y.at(at), y.span)),
  })
  return text
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
    .replace(/^\n+|\n+$/g, '')
}

/** The pieces of a line between its gaps; NaN and infinities are gaps as well. */
function unbroken(points: Line['points'], stepMs: number): SingleLine[] {
  const pieces: SingleLine[] = []
  let last = Number.NEGATIVE_INFINITY
  for (const [time, value] of points) {
    if (!Number.isFinite(value)) continue
    if (time - last > stepMs * 1.5) pieces.push([])
    pieces.at(-1)?.push([time, value])
    last = time
  }
  return pieces
}

function extent(values: readonly number[]) {
  const min = values.reduce((a, b) => Math.min(a, b))
  const max = values.reduce((a, b) => Math.max(a, b))
  // Halved, so that the widest span that there can be is still a number.
  const half = max / 2 - min / 2
  return {
    span: 2 * half,
    scale: (value: number) => (half > 0 ? (value / 2 - min / 2) / half : 0),
    at: (part: number) => min * (1 - part) + max * part,
    ticks: (count: number) =>
      half > 0 ? Array.from({ length: count }, (_, i) => min + (i / (count - 1)) * 2 * half) : [min],
  }
}

function clock(ms: number, spanMs: number): string {
  const text = formatTime(ms)
  if (spanMs >= DAY_MS) return text.slice(5, 16)
  return spanMs < 10 * 60_000 ? text.slice(11) : text.slice(11, 16)
}
