import {
  LegendDisplayMode,
  LegendPlacement,
  SortOrder,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common'
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/trend'
import { dress, type Look } from './look.ts'
import { source, targets } from './query.ts'

export interface Fan extends Look {
  /** The label that tells the points of the line apart. */
  readonly point: string
  /** The query of where each point lies, and what that is called. */
  readonly along: { readonly title: string; readonly expr: string; readonly unit: string }
  /** Lines over it, the widest interval first. Each is one value a point. */
  readonly lines: readonly FanLine[]
}

export interface FanLine {
  readonly title: string
  readonly expr: string
  readonly colour: string
  /** The title of the line that the area below this one is shaded down to. */
  readonly shadedTo?: string
  /** An edge of a shaded area, or a limit: no full line. */
  readonly style?: 'edge' | 'dash'
}

/** Lines over something other than time, such as days from now, with shaded intervals. */
export function fan(look: Fan): PanelBuilder {
  const all = [look.along, ...look.lines]
  const refIdOf = (index: number) => String.fromCharCode('A'.charCodeAt(0) + index)
  const names = all.map(({ title }, index) => [`Value #${refIdOf(index)}`, title] as const)
  const queries = all.map(({ expr }, index) => ({ expr, refId: refIdOf(index) }))
  const panel = new PanelBuilder().datasource(source).targets(targets(queries, 'table'))
  dress(panel, look)
  panel
    .xField(look.along.title)
    .transformations([
      { id: 'merge', options: {} },
      {
        id: 'organize',
        options: {
          excludeByName: { Time: true, [look.point]: true },
          indexByName: Object.fromEntries(names.map(([field], index) => [field, index])),
          renameByName: Object.fromEntries(names),
        },
      },
      { id: 'sortBy', options: { fields: {}, sort: [{ field: look.along.title }] } },
    ])
    .lineWidth(2)
    .fillOpacity(0)
    .showPoints(VisibilityMode.Never)
    .legend(
      new VizLegendOptionsBuilder()
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom)
        .showLegend(true)
        .calcs([]),
    )
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending))
    .overrideByName(look.along.title, [{ id: 'unit', value: look.along.unit }])
  for (const line of look.lines) panel.overrideByName(line.title, propertiesOf(line))
  return panel
}

function propertiesOf({ colour, shadedTo, style }: FanLine) {
  return [
    { id: 'color', value: { mode: 'fixed', fixedColor: colour } },
    ...(style === 'edge' ? [{ id: 'custom.lineWidth', value: 0 }] : []),
    ...(style === 'dash' ? [{ id: 'custom.lineStyle', value: { fill: 'dash', dash: [8, 6] } }] : []),
    ...(shadedTo === undefined
      ? []
      : [
          { id: 'custom.fillBelowTo', value: shadedTo },
          { id: 'custom.fillOpacity', value: 18 },
        ]),
  ]
}
