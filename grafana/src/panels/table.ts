import { TableCellHeight, TableSortByFieldStateBuilder } from '@grafana/grafana-foundation-sdk/common'
import { type DataTransformerConfig, ThresholdsMode } from '@grafana/grafana-foundation-sdk/dashboard'
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/table'
import { dress, type Look, type Steps } from './look.ts'
import { source, targets } from './query.ts'
import { type Words, wordsFor } from './words.ts'

/** A column: a label that the rows share, or the value of a query. */
export interface Column {
  readonly title: string
  /** The label that stands in it. */
  readonly label?: string
  /** The query whose value stands in it. */
  readonly expr?: string
  readonly unit?: string
  readonly decimals?: number
  readonly thresholds?: Steps
  readonly words?: Words
  readonly width?: number
  /** Where a click leads; the row's label is `${__value.text}`. */
  readonly drill?: { readonly title: string; readonly url: string }
}

export interface Table extends Look {
  readonly columns: readonly Column[]
  /** The title of the column to sort by, the largest first. */
  readonly sortBy?: string
}

/** What holds now: queries that share labels, a row for each label set, a column for each query. */
export function table(look: Table): PanelBuilder {
  const valued = look.columns.filter(({ expr }) => expr !== undefined)
  const refIdOf = (column: Column) => String.fromCharCode('A'.charCodeAt(0) + valued.indexOf(column))
  const fieldOf = (column: Column) =>
    column.label ?? (valued.length === 1 ? 'Value' : `Value #${refIdOf(column)}`)
  const queries = valued.map((column) => ({ expr: column.expr ?? '', refId: refIdOf(column) }))
  const panel = new PanelBuilder().datasource(source).targets(targets(queries, 'table'))
  dress(panel, look)
  panel
    .showHeader(true)
    .cellHeight(TableCellHeight.Sm)
    .transformations(arrange(look.columns, fieldOf, valued.length > 1))
  if (look.sortBy !== undefined)
    panel.sortBy([new TableSortByFieldStateBuilder().displayName(look.sortBy).desc(true)])
  for (const column of look.columns) {
    const properties = propertiesOf(column)
    if (properties.length > 0) panel.overrideByName(column.title, properties)
  }
  // The SDK writes a footer, which Grafana 13 no longer knows; without one there is none in any version.
  const { options } = panel.build()
  delete options.footer
  return panel
}

/** Queries are put side by side by their labels; columns are named and ordered; what is no column is left out. */
function arrange(
  columns: readonly Column[],
  fieldOf: (column: Column) => string,
  several: boolean,
): DataTransformerConfig[] {
  const names = columns.map((column) => [fieldOf(column), column.title] as const)
  const order = names.map(([field], index) => [field, index] as const)
  return [
    ...(several ? [{ id: 'merge', options: {} }] : []),
    { id: 'filterFieldsByName', options: { include: { names: names.map(([field]) => field) } } },
    {
      id: 'organize',
      options: {
        excludeByName: {},
        indexByName: Object.fromEntries(order),
        renameByName: Object.fromEntries(names),
      },
    },
  ]
}

function propertiesOf({ unit, decimals, thresholds, words, width, drill }: Column) {
  const steps = thresholds && [
    { value: null, color: thresholds.base ?? 'green' },
    ...thresholds.map(([value, color]) => ({ value, color })),
  ]
  return [
    ...(unit === undefined ? [] : [{ id: 'unit', value: unit }]),
    ...(decimals === undefined ? [] : [{ id: 'decimals', value: decimals }]),
    ...(width === undefined ? [] : [{ id: 'custom.width', value: width }]),
    ...(steps === undefined ? [] : [{ id: 'thresholds', value: { mode: ThresholdsMode.Absolute, steps } }]),
    ...(words === undefined ? [] : [{ id: 'mappings', value: wordsFor(words) }]),
    ...(steps === undefined && words === undefined
      ? []
      : [{ id: 'custom.cellOptions', value: { type: 'color-text' } }]),
    ...(drill === undefined ? [] : [{ id: 'links', value: [{ ...drill, targetBlank: false }] }]),
  ]
}
