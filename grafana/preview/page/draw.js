// Draws every plot of the page with uPlot, then says that it is done.
import { formatValue } from '/format-value.js'
import uPlot from '/uplot.js'

const GRID = { stroke: 'rgba(204, 204, 220, 0.08)', width: 1 }
const AXIS = {
  stroke: '#8e8e9a',
  font: '11px Inter, "DejaVu Sans", sans-serif',
  grid: GRID,
  ticks: { show: false },
}

/** Steps of an axis of bytes: they are counted in powers of two. */
const BINARY = Array.from({ length: 46 }, (_, power) => 2 ** power)

const withOpacity = (colour, opacity) =>
  `${colour}${Math.round(opacity * 255)
    .toString(16)
    .padStart(2, '0')}`

function seriesOf({ name, colour, width, dash, fill, downTo }, index, { stacked, bars }) {
  const shaded = fill > 0 && downTo === undefined && !(stacked && index > 0)
  return {
    label: name,
    stroke: width > 0 ? colour : bars ? colour : 'transparent',
    width: bars ? 0 : Math.max(width, 0.01),
    dash,
    spanGaps: false,
    points: { show: false },
    ...(shaded && { fill: withOpacity(colour, fill) }),
    ...(bars && { paths: uPlot.paths.bars({ size: [0.9, 12] }), fill: withOpacity(colour, 0.7) }),
  }
}

function bandsOf({ lines, stacked }) {
  const down = lines.flatMap(({ downTo, colour, fill }, index) =>
    downTo === undefined
      ? []
      : [{ series: [index + 1, downTo + 1], fill: withOpacity(colour, Math.max(fill, 0.2)) }],
  )
  const stack = stacked
    ? lines.slice(1).map(({ colour, fill }, index) => ({
        series: [index + 2, index + 1],
        fill: withOpacity(colour, fill),
      }))
    : []
  return [...down, ...stack]
}

/** The range of the axis: what is shown, and the limits that the panel sets. */
function rangeOf(plot) {
  const values = plot.data
    .slice(1)
    .flat()
    .filter((value) => value !== null && Number.isFinite(value))
  const positive = values.filter((value) => value > 0)
  if (plot.log) return [Math.min(...positive, 1) / 2, Math.max(...positive) * 2]
  const [least, most] = [Math.min(...values), Math.max(...values)]
  if (plot.around) return rangeAround(plot.around, least, most, plot.max)
  // A limit of 100 % says where the end is, not how tall the axis must be, as long as there is less.
  const top =
    most === least
      ? most + (Math.abs(most) || 1) * 0.5
      : most + (most - Math.min(least, plot.min ?? least)) * 0.08
  const bottom =
    plot.min !== undefined && (plot.min === 0 || least < plot.min)
      ? Math.min(plot.min, least)
      : least - (most - least) * 0.08
  return [bottom, plot.max !== undefined && most > 0.6 * plot.max ? Math.max(plot.max, most) : top]
}

/** What is to be seen at least, and what lies outside, with a little air beside it. */
function rangeAround([from, to], least, most, end) {
  const air = (Math.max(most, to) - Math.min(least, from)) * 0.05
  return [
    least < from ? least - air : from,
    most > to ? Math.min(most + air, Math.max(end ?? Infinity, most)) : to,
  ]
}

function drawLimits(plot) {
  return (chart) => {
    const { ctx, bbox } = chart
    for (const { value, colour } of plot.limits) {
      const y = chart.valToPos(value, 'y', true)
      if (y < bbox.top || y > bbox.top + bbox.height) continue
      ctx.save()
      ctx.strokeStyle = colour
      ctx.globalAlpha = 0.7
      ctx.setLineDash([6, 5])
      ctx.beginPath()
      ctx.moveTo(bbox.left, y)
      ctx.lineTo(bbox.left + bbox.width, y)
      ctx.stroke()
      ctx.restore()
    }
  }
}

/** Annotations: a line where something began, and a bar along the bottom for as long as it lasted. */
function drawMarks({ marks }) {
  return (chart) => {
    const { ctx, bbox } = chart
    const at = (time) =>
      Math.min(bbox.left + bbox.width, Math.max(bbox.left, chart.valToPos(time, 'x', true)))
    ctx.save()
    for (const { from, to, colour } of marks) {
      ctx.strokeStyle = ctx.fillStyle = colour
      ctx.globalAlpha = 0.6
      const [left, right] = [from === undefined ? bbox.left : at(from), at(to)]
      ctx.fillRect(left, bbox.top + bbox.height, Math.max(right - left, 2), 2)
      if (from === undefined) continue
      ctx.globalAlpha = 0.45
      ctx.setLineDash([2, 3])
      ctx.beginPath()
      ctx.moveTo(left, bbox.top)
      ctx.lineTo(left, bbox.top + bbox.height)
      ctx.stroke()
    }
    ctx.restore()
  }
}

function draw(element) {
  const plot = JSON.parse(element.dataset.plot)
  const { width, height } = element.getBoundingClientRect()
  const [times] = plot.data
  const seconds = plot.time && times.at(-1) - times[0] < 300
  const options = {
    width,
    height,
    padding: [8, 6, 0, 0],
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { time: plot.time },
      y: { range: rangeOf(plot), distr: plot.log ? 3 : 1 },
    },
    axes: [
      {
        ...AXIS,
        size: 24,
        values: plot.time
          ? (_, ticks) =>
              ticks.map((tick) => new Date(tick * 1000).toISOString().slice(11, seconds ? 19 : 16))
          : (_, ticks) => ticks.map((tick) => formatValue(tick, plot.xUnit)),
      },
      {
        ...AXIS,
        ...(plot.unit === 'bytes' && { incrs: BINARY }),
        size: 78,
        space: 28,
        values: (_, ticks) => ticks.map((tick) => (tick === null ? '' : formatValue(tick, plot.unit))),
      },
    ],
    series: [{}, ...plot.lines.map((line, index) => seriesOf(line, index, plot))],
    bands: bandsOf(plot),
    hooks: { draw: [drawLimits(plot), drawMarks(plot)] },
  }
  new uPlot(options, plot.data, element)
}

for (const element of document.querySelectorAll('.plot')) draw(element)
document.body.dataset.drawn = 'true'
