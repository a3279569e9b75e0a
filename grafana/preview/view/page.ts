import type { Dashboard, Panel, RowPanel } from '@grafana/grafana-foundation-sdk/dashboard'
import type { Shot, ShotDashboard } from '../gather.ts'
import { alertListHtml } from './alert-list.ts'
import { barsHtml, figuresHtml } from './figures.ts'
import { heatHtml } from './heat.ts'
import { marksOf } from './marks.ts'
import { escapeHtml, type Shown } from './panel-view.ts'
import { chartHtml, fanHtml } from './plot.ts'
import { statesHtml } from './states.ts'
import { tableHtml } from './table.ts'

const drawers: Readonly<Record<string, (shown: Shown) => string>> = {
  timeseries: chartHtml,
  trend: fanHtml,
  stat: figuresHtml,
  bargauge: barsHtml,
  table: tableHtml,
  'state-timeline': statesHtml,
  heatmap: heatHtml,
  alertlist: alertListHtml,
}

// Grafana's grid: rows of 30 pixels, 8 between them.
const ROW = 38
const GAP = 8
const COLUMNS = 24

/** One dashboard as a page: what Grafana would show, drawn by ourselves. */
export function pageHtml(
  { dashboard, answers }: ShotDashboard,
  { fromMs, toMs, rules }: Shot,
  width: number,
): string {
  const { title = '', description = '', panels = [], annotations } = dashboard as unknown as Dashboard
  const around = { fromMs, toMs, rules, marks: marksOf(annotations, answers, fromMs) }
  const drawn = panels.map((panel) => {
    const mine = answers.filter(({ query }) => query.panelId === panel.id)
    return panelHtml(panel, { ...around, answers: mine }, width / COLUMNS)
  })
  const height = Math.max(...panels.map(({ gridPos }) => (gridPos ? gridPos.y + gridPos.h : 0))) * ROW
  return `<!doctype html><meta charset="utf-8"><title>${escapeHtml(title)}</title>
<link rel="stylesheet" href="/uplot.css"><link rel="stylesheet" href="/page.css">
<body style="width:${width}px"><h1>${escapeHtml(title)}<small>${escapeHtml(description)}</small></h1>
<div class="grid" style="height:${height}px">${drawn.join('')}</div>
<script type="module" src="/draw.js"></script></body>`
}

function panelHtml(panel: Panel | RowPanel, around: Omit<Shown, 'panel'>, column: number): string {
  const { x = 0, y = 0, w = COLUMNS, h = 1 } = panel.gridPos ?? {}
  const place = `left:${x * column}px;top:${y * ROW}px;width:${w * column - GAP}px;height:${h * ROW - GAP}px`
  const title = escapeHtml(panel.title ?? '')
  if (panel.type === 'row') return `<div class="row" style="${place}">${title}</div>`
  const draw = drawers[panel.type]
  if (!draw) throw new Error(`the preview cannot draw panels of type ${panel.type}`)
  return `<div class="panel" style="${place}"><h2>${title}</h2>${draw({ ...around, panel: panel as Panel })}</div>`
}
