import { formatValue } from '../page/format-value.ts'
import { namedSeries, type Shown } from './panel-view.ts'

const BLUES = ['#1b2838', '#1d3a5c', '#1f4f86', '#2a6ab5', '#4f93d8', '#8fc1ee', '#d3e7fb'] as const

/** A histogram over time: each bucket a line of cells, the darker the fewer. */
export function heatHtml(shown: Shown): string {
  const bound = (text: string | undefined) => (text === '+Inf' ? Number.POSITIVE_INFINITY : Number(text))
  const buckets = namedSeries(shown).toSorted((a, b) => bound(a.metric['le']) - bound(b.metric['le']))
  const times = [...new Set(buckets.flatMap(({ points }) => points.map(([time]) => time)))].sort(
    (a, b) => a - b,
  )
  const columns = times.map((time) => {
    const totals = buckets.map(({ points }) => points.find(([at]) => at === time)?.[1] ?? 0)
    return totals.map((total, index) => Math.max(0, total - (totals[index - 1] ?? 0)))
  })
  const most = Math.max(...columns.flat(), Number.MIN_VALUE)
  const { unit } = shown.panel.options.yAxis as { unit: string }
  const cells = columns.flatMap((counts, x) =>
    counts.map((count, index) => {
      if (count === 0) return ''
      const shade = BLUES[Math.min(BLUES.length - 1, Math.floor(Math.sqrt(count / most) * BLUES.length))]
      return `<rect x="${x}" y="${buckets.length - 1 - index}" width="1.02" height="0.9" fill="${shade}"/>`
    }),
  )
  const names = buckets.map(({ metric }) =>
    metric['le'] === '+Inf' ? '∞' : formatValue(Number(metric['le']), unit),
  )
  const axis = names.toReversed().map((name, index) => `<span>${index % 2 === 0 ? name : ''}</span>`)
  return (
    `<div class="heat"><div class="axis">${axis.join('')}</div>` +
    `<svg viewBox="0 0 ${columns.length} ${buckets.length}" preserveAspectRatio="none">${cells.join('')}</svg></div>`
  )
}
