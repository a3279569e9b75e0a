import type { DataTransformerConfig } from '@grafana/grafana-foundation-sdk/dashboard'
import type { Answered } from '../../test/world/ask-dashboard.ts'

export type Cell = string | number | undefined
/** A table: rows by the names of fields, and the fields in their order. */
export interface Frame {
  readonly fields: readonly string[]
  readonly rows: readonly Readonly<Record<string, Cell>>[]
}

/** Answers as tables, and what transformations make of them: those that the dashboards use. */
export function frameOf(
  answers: readonly Answered[],
  transformations: readonly DataTransformerConfig[],
): Frame {
  const several = answers.length > 1
  const frames = answers.map((answer) => tableOf(answer, several))
  const [first = { fields: [], rows: [] }] = frames
  let frame = first
  for (const { id, options } of transformations) {
    if (id === 'merge') frame = merge(frames)
    else if (id === 'filterFieldsByName') frame = pick(frame, options.include.names)
    else if (id === 'organize') frame = organize(frame, options)
    else if (id === 'sortBy') frame = sortBy(frame, options.sort[0].field)
    else throw new Error(`the preview knows no transformation ${id}`)
  }
  return frame
}

function tableOf({ query, series }: Answered, several: boolean): Frame {
  const value = several ? `Value #${query.refId}` : 'Value'
  const labels = [...new Set(series.flatMap(({ metric }) => Object.keys(metric)))]
  const rows = series.map(({ metric, points }) => ({ ...metric, [value]: points.at(-1)?.[1] }))
  return { fields: [...labels, value], rows }
}

/** Rows that agree in all fields that both have become one. */
function merge(frames: readonly Frame[]): Frame {
  const fields = [...new Set(frames.flatMap((frame) => frame.fields))]
  const merged: Record<string, Cell>[] = []
  for (const row of frames.flatMap(({ rows }) => rows)) {
    const same = merged.find((other) =>
      Object.entries(row).every(([name, cell]) => !(name in other) || other[name] === cell),
    )
    if (same) Object.assign(same, row)
    else merged.push({ ...row })
  }
  return { fields, rows: merged }
}

const pick = ({ fields, rows }: Frame, names: readonly string[]): Frame => ({
  fields: fields.filter((field) => names.includes(field)),
  rows,
})

interface Organized {
  readonly excludeByName: Readonly<Record<string, boolean>>
  readonly indexByName: Readonly<Record<string, number>>
  readonly renameByName: Readonly<Record<string, string>>
}

function organize({ fields, rows }: Frame, { excludeByName, indexByName, renameByName }: Organized): Frame {
  const kept = fields
    .filter((field) => excludeByName[field] !== true)
    .sort((a, b) => (indexByName[a] ?? fields.length) - (indexByName[b] ?? fields.length))
  const named = kept.map((field) => [field, renameByName[field] ?? field] as const)
  return {
    fields: named.map(([, name]) => name),
    rows: rows.map((row) => Object.fromEntries(named.map(([field, name]) => [name, row[field]]))),
  }
}

function sortBy({ fields, rows }: Frame, field: string): Frame {
  return { fields, rows: rows.toSorted((a, b) => Number(a[field]) - Number(b[field])) }
}
