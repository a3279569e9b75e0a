import { fieldOf } from './field.ts'
import { escapeHtml, namedSeries, type Shown } from './panel-view.ts'

/** Large values, each with its course behind it. */
export function figuresHtml(shown: Shown): string {
  const series = namedSeries(shown)
  const several = series.length > 1 || shown.panel.options.textMode === 'value_and_name'
  const withCourse = shown.panel.options.graphMode === 'area'
  if (series.length === 0) return '<div class="empty">No data</div>'
  const items = series.map(({ name, points }) => {
    const field = fieldOf(shown.panel, name)
    const value = points.at(-1)?.[1] ?? Number.NaN
    const colour = field.colour(value)
    const title = several ? `<span class="name">${escapeHtml(name)}</span>` : ''
    const course = withCourse ? sparkline(points, colour) : ''
    return `<div class="figure" style="color:${colour}">${title}<b>${escapeHtml(field.text(value))}</b>${course}</div>`
  })
  return `<div class="figures">${items.join('')}</div>`
}

/** Values as bars, one below the other. */
export function barsHtml(shown: Shown): string {
  const series = namedSeries(shown)
  const most =
    shown.panel.fieldConfig?.defaults.max ?? Math.max(...series.map(({ points }) => points.at(-1)?.[1] ?? 0))
  const items = series.map(({ name, points }) => {
    const field = fieldOf(shown.panel, name)
    const value = points.at(-1)?.[1] ?? Number.NaN
    const share = Math.min(100, Math.max(0, (value / most) * 100))
    return (
      `<span class="name">${escapeHtml(name)}</span>` +
      `<span class="bar"><i style="width:${share.toFixed(1)}%;background:${field.colour(value)}"></i></span>` +
      `<span class="value" style="color:${field.colour(value)}">${escapeHtml(field.text(value))}</span>`
    )
  })
  return `<div class="bars">${items.join('')}</div>`
}

function sparkline(points: readonly (readonly [number, number])[], colour: string): string {
  const values = points.map(([, value]) => value)
  if (values.length < 2) return ''
  const [least, most] = [Math.min(...values), Math.max(...values)]
  const at = values.map((value, index) => {
    const x = (index / (values.length - 1)) * 100
    const y = most === least ? 30 : 38 - ((value - least) / (most - least)) * 34
    return `${x.toFixed(2)},${y.toFixed(2)}`
  })
  return (
    `<svg viewBox="0 0 100 40" preserveAspectRatio="none"><polygon points="0,40 ${at.join(' ')} 100,40" fill="${colour}" opacity="0.18"/>` +
    `<polyline points="${at.join(' ')}" fill="none" stroke="${colour}" vector-effect="non-scaling-stroke"/></svg>`
  )
}
