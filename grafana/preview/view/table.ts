import { fieldOf } from './field.ts'
import { type Cell, frameOf } from './frames.ts'
import { escapeHtml, type Shown } from './panel-view.ts'

/** What holds now, row by row. */
export function tableHtml({ panel, answers }: Shown): string {
  const { fields, rows } = frameOf(answers, panel.transformations ?? [])
  const columns = fields.map((name) => fieldOf(panel, name))
  const [sort] = (panel.options.sortBy ?? []) as { displayName: string }[]
  const sorted = sort
    ? rows.toSorted((a, b) => Number(b[sort.displayName] ?? -1) - Number(a[sort.displayName] ?? -1))
    : rows
  const cell = (field: (typeof columns)[number], value: Cell) => {
    if (typeof value === 'string') return `<td>${escapeHtml(value)}</td>`
    if (value === undefined) return '<td></td>'
    const coloured = 'custom.cellOptions' in field.set ? ` style="color:${field.colour(value)}"` : ''
    const side = 'mappings' in field.set ? '' : ' class="number"'
    return `<td${side}${coloured}>${escapeHtml(field.text(value))}</td>`
  }
  const head = columns.map((field) => {
    const width = field.set['custom.width']
    const isNumber = sorted.some((row) => typeof row[field.name] === 'number') && !('mappings' in field.set)
    return `<th${isNumber ? ' class="number"' : ''}${width === undefined ? '' : ` style="width:${width}px"`}>${escapeHtml(field.name)}</th>`
  })
  const body = sorted.map(
    (row) => `<tr>${columns.map((field) => cell(field, row[field.name])).join('')}</tr>`,
  )
  return `<table><thead><tr>${head.join('')}</tr></thead><tbody>${body.join('')}</tbody></table>`
}
