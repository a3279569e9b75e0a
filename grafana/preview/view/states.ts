import { fieldOf } from './field.ts'
import { escapeHtml, namedSeries, type Shown } from './panel-view.ts'

/** Bands of states, one for each series. */
export function statesHtml(shown: Shown): string {
  const { panel, fromMs, toMs } = shown
  const share = (seconds: number) => (((seconds * 1000 - fromMs) / (toMs - fromMs)) * 100).toFixed(2)
  const rows = namedSeries(shown).map(({ name, points }) => {
    const field = fieldOf(panel, name)
    const spans: { from: number; value: number }[] = []
    for (const [from, value] of points) if (spans.at(-1)?.value !== value) spans.push({ from, value })
    const end = points.at(-1)?.[0] ?? 0
    const parts = spans.map(({ from, value }, index) => {
      const until = spans[index + 1]?.from ?? end
      const width = Number(share(until)) - Number(share(from))
      const text = width > 6 ? escapeHtml(field.text(value)) : ''
      return `<i style="left:${share(from)}%;width:${width.toFixed(2)}%;background:${field.colour(value)}">${text}</i>`
    })
    return `<span class="name">${escapeHtml(name)}</span><span class="band">${parts.join('')}</span>`
  })
  return `<div class="states">${rows.join('')}</div>`
}
