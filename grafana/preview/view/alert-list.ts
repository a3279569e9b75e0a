import type { Cell } from './frames.ts'
import { escapeHtml, type Shown } from './panel-view.ts'

/** A rule of the alert evaluator that is not at rest. */
export interface ActiveRule {
  readonly name: string
  readonly state: string
  readonly severity: string
  readonly alerts: number
}

const COLOURS: Readonly<Record<string, string>> = { firing: '#F2495C', pending: '#FF9830' }

/** Rules by their state, those that fire first. */
export function alertListHtml({ rules }: Shown): string {
  if (rules.length === 0) return '<div class="empty">No alerts matching filters</div>'
  const sorted = rules.toSorted((a, b) => a.state.localeCompare(b.state) || a.name.localeCompare(b.name))
  const cell = (value: Cell, more = '') => `<td${more}>${escapeHtml(String(value))}</td>`
  const rows = sorted.map(
    ({ name, state, severity, alerts }) =>
      `<tr>${cell(name)}${cell(state, ` style="color:${COLOURS[state] ?? 'inherit'}"`)}${cell(severity)}${cell(alerts, ' class="number"')}</tr>`,
  )
  return `<table><thead><tr><th>Rule</th><th>State</th><th>Severity</th><th class="number">Alerts</th></tr></thead><tbody>${rows.join('')}</tbody></table>`
}
