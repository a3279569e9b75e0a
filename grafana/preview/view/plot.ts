import type { FieldConfig, Panel } from '@grafana/grafana-foundation-sdk/dashboard'
import { formatValue } from '../page/format-value.ts'
import { colourOf, paletteColour } from './colours.ts'
import { type Field, fieldOf } from './field.ts'
import { frameOf } from './frames.ts'
import type { Mark } from './marks.ts'
import { escapeHtml, namedSeries, type Shown } from './panel-view.ts'

/** A line of a plot, as the page draws it. */
interface Line {
  readonly name: string
  readonly colour: string
  readonly width: number
  readonly dash?: readonly number[]
  /** Opacity of the area below, 0 to 1. */
  readonly fill: number
  /** The number of the line that the area goes down to. */
  readonly downTo?: number
}

/** What the page draws with uPlot. */
interface Plot {
  readonly data: readonly (readonly (number | null)[])[]
  readonly lines: readonly Line[]
  readonly time: boolean
  readonly unit: string
  readonly xUnit?: string
  readonly min?: number
  readonly max?: number
  /** What the axis shows at least. */
  readonly around?: readonly [least: number, most: number]
  readonly log: boolean
  readonly bars: boolean
  readonly stacked: boolean
  readonly limits: readonly { readonly value: number; readonly colour: string }[]
  readonly marks: readonly Mark[]
}

const LEGEND_ROWS = 3

/** Series over time, with their legend. */
export function chartHtml(shown: Shown): string {
  const { panel } = shown
  const series = namedSeries(shown)
  if (series.length === 0) return '<div class="empty">No data</div>'
  const times = [...new Set(series.flatMap(({ points }) => points.map(([time]) => time)))].sort(
    (a, b) => a - b,
  )
  const custom = panel.fieldConfig?.defaults.custom ?? {}
  const stacked = custom.stacking?.mode === 'normal'
  const values = series.map(({ points }) => {
    const at = new Map(points)
    return times.map((time) => at.get(time) ?? null)
  })
  const fields = series.map(({ name, refId }) => fieldOf(panel, name, refId))
  const lines = fields.map((field, index) => lineOf(panel, field, index, fields))
  const plot = plotOf(panel, [times, ...(stacked ? stack(values) : values)], lines, {
    time: true,
    marks: shown.marks,
  })
  const keys = fields.map((field, index) => ({
    field,
    colour: lines[index]?.colour ?? '',
    points: series[index]?.points ?? [],
  }))
  return `${canvas(plot)}${legendTable(keys)}`
}

/** Lines over something other than time, with their intervals. */
export function fanHtml({ panel, answers }: Shown): string {
  const { fields: names, rows } = frameOf(answers, panel.transformations ?? [])
  const along: string = panel.options.xField
  const fields = names.filter((name) => name !== along).map((name) => fieldOf(panel, name))
  if (rows.length === 0) return '<div class="empty">No data</div>'
  const column = (name: string) => rows.map((row) => (typeof row[name] === 'number' ? row[name] : null))
  const lines = fields.map((field, index) => lineOf(panel, field, index, fields))
  const data = [column(along), ...fields.map(({ name }) => column(name))]
  const xUnit = fieldOf(panel, along).unit
  const keys = lines.map(
    ({ name, colour }) => `<span><i style="background:${colour}"></i>${escapeHtml(name)}</span>`,
  )
  return `${canvas(plotOf(panel, data, lines, { time: false, xUnit, marks: [] }))}<div class="keys">${keys.join('')}</div>`
}

function lineOf({ fieldConfig }: Panel, { name, set }: Field, index: number, all: readonly Field[]): Line {
  const custom = fieldConfig?.defaults.custom ?? {}
  const fixed = (set['color'] as { fixedColor?: string } | undefined)?.fixedColor
  const dash = (set['custom.lineStyle'] as { dash?: number[] } | undefined)?.dash
  const downTo = all.findIndex((other) => other.name === set['custom.fillBelowTo'])
  const opacity = (set['custom.fillOpacity'] ?? custom.fillOpacity ?? 0) as number
  return {
    name,
    colour: fixed === undefined ? paletteColour(index) : colourOf(fixed),
    width: (set['custom.lineWidth'] ?? custom.lineWidth ?? 1) as number,
    fill: opacity / 100,
    ...(dash && { dash }),
    ...(downTo >= 0 && { downTo }),
  }
}

function plotOf(
  { fieldConfig }: Panel,
  data: Plot['data'],
  lines: readonly Line[],
  along: Pick<Plot, 'time' | 'xUnit' | 'marks'>,
): Plot {
  const defaults: FieldConfig = fieldConfig?.defaults ?? {}
  const custom = defaults.custom ?? {}
  const dashed = custom.thresholdsStyle?.mode === 'dashed'
  const steps = dashed ? (defaults.thresholds?.steps ?? []).filter(({ value }) => value !== null) : []
  return {
    data,
    lines,
    ...along,
    unit: defaults.unit ?? 'short',
    ...(defaults.min !== undefined && { min: defaults.min }),
    ...(defaults.max !== undefined && { max: defaults.max }),
    ...(custom.axisSoftMin !== undefined && { around: [custom.axisSoftMin, custom.axisSoftMax] }),
    log: custom.scaleDistribution?.type === 'log',
    bars: custom.drawStyle === 'bars',
    stacked: custom.stacking?.mode === 'normal',
    limits: steps.map(({ value, color }) => ({ value: value ?? 0, colour: colourOf(color) })),
  }
}

/** Each series on those before it. */
function stack(values: readonly (readonly (number | null)[])[]): (number | null)[][] {
  const sums: number[] = []
  return values.map((series) =>
    series.map((value, index) => {
      sums[index] = (sums[index] ?? 0) + (value ?? 0)
      return sums[index] ?? null
    }),
  )
}

const canvas = (plot: Plot): string =>
  `<div class="plot" data-plot="${escapeHtml(JSON.stringify(plot))}"></div>`

interface Key {
  readonly field: Field
  readonly colour: string
  readonly points: readonly (readonly [number, number])[]
}

function legendTable(keys: readonly Key[]): string {
  const rows = keys.slice(0, LEGEND_ROWS).map(({ field, colour, points }) => {
    const values = points.map(([, value]) => value)
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    const figures = [mean, Math.max(...values), values.at(-1) ?? Number.NaN]
    const cells = figures.map(
      (value) => `<td class="number">${escapeHtml(formatValue(value, field.unit))}</td>`,
    )
    return `<tr><td><i style="background:${colour}"></i>${escapeHtml(field.name)}</td>${cells.join('')}</tr>`
  })
  const more =
    keys.length > LEGEND_ROWS ? `<tr><td class="more">and ${keys.length - LEGEND_ROWS} more</td></tr>` : ''
  return `<table class="legend"><thead><tr><th></th><th class="number">mean</th><th class="number">max</th><th class="number">last</th></tr></thead><tbody>${rows.join('')}${more}</tbody></table>`
}
