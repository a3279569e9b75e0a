import {
  AxisColorMode,
  GraphDrawStyle,
  GraphGradientMode,
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  ScaleDistribution,
  ScaleDistributionConfigBuilder,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common'
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/timeseries'
import { dress, type Look } from './look.ts'
import { type Query, source, targets } from './query.ts'

export interface Chart extends Look {
  readonly queries: readonly Query[]
  /** Series stand on one another: parts of a whole. */
  readonly stack?: boolean
  readonly bars?: boolean
  readonly log?: boolean
  /** What the axis shows at least, in place of a floor of 0: it grows with what lies outside. */
  readonly around?: readonly [least: number, most: number]
  /** Series that are the edges of an interval: the area between them is shaded. By refId. */
  readonly bands?: readonly { readonly upper: string; readonly lower: string; readonly colour: string }[]
  /** Series that are a limit or a target: dashed, in this colour. By refId. */
  readonly marks?: Readonly<Record<string, string>>
  /** Fixed colours by name of a series, for what has a meaning of its own. */
  readonly colours?: Readonly<Record<string, string>>
  /** Shades of a colour for series whose names match: `5..` for what the server failed. */
  readonly families?: Readonly<Record<string, string>>
}

/** Series over time. */
export function chart(look: Chart): PanelBuilder {
  const panel = new PanelBuilder().datasource(source).targets(targets(look.queries))
  dress(panel, look.around ? look : { min: 0, ...look })
  if (look.around) panel.axisSoftMin(look.around[0]).axisSoftMax(look.around[1])
  panel
    .drawStyle(look.bars ? GraphDrawStyle.Bars : GraphDrawStyle.Line)
    .lineWidth(look.bars ? 0 : 1)
    .fillOpacity(look.stack || look.bars ? 60 : 0)
    .gradientMode(GraphGradientMode.None)
    .axisColorMode(AxisColorMode.Text)
    .showPoints(VisibilityMode.Never)
    .spanNulls(false)
    .legend(legend())
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending))
  if (look.stack) panel.stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group('A'))
  if (look.log) panel.scaleDistribution(logScale())
  if (look.thresholds)
    panel.thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed))
  for (const [name, color] of Object.entries(look.colours ?? {}))
    panel.overrideByName(name, [fixedColour(color)])
  for (const [pattern, color] of Object.entries(look.families ?? {}))
    panel.overrideByRegexp(`/^${pattern}$/`, [{ id: 'color', value: { mode: 'shades', fixedColor: color } }])
  for (const [refId, color] of Object.entries(look.marks ?? {})) markLine(panel, refId, color)
  for (const band of look.bands ?? []) shade(panel, look.queries, band)
  return panel
}

function markLine(panel: PanelBuilder, refId: string, color: string): void {
  panel.overrideByQuery(refId, [
    fixedColour(color),
    { id: 'custom.lineStyle', value: { fill: 'dash', dash: [8, 6] } },
    { id: 'custom.fillOpacity', value: 0 },
  ])
}

type Band = NonNullable<Chart['bands']>[number]

/** The upper edge is filled down to the lower one, which Grafana finds by its name. */
function shade(panel: PanelBuilder, queries: readonly Query[], { upper, lower, colour }: Band): void {
  const name = queries.find(({ refId }) => refId === lower)?.legend ?? lower
  const edge = [fixedColour(colour), { id: 'custom.lineWidth', value: 0 }]
  panel.overrideByQuery(lower, [...edge, { id: 'custom.fillOpacity', value: 0 }])
  panel.overrideByQuery(upper, [
    ...edge,
    { id: 'custom.fillBelowTo', value: name },
    { id: 'custom.fillOpacity', value: 18 },
  ])
}

/** The name, least, mean and last value of each series stand in a table below. */
function legend(): VizLegendOptionsBuilder {
  return new VizLegendOptionsBuilder()
    .displayMode(LegendDisplayMode.Table)
    .placement(LegendPlacement.Bottom)
    .showLegend(true)
    .calcs(['mean', 'max', 'lastNotNull'])
}

const logScale = () => new ScaleDistributionConfigBuilder().type(ScaleDistribution.Log).log(10)

const fixedColour = (fixedColor: string) => ({ id: 'color', value: { mode: 'fixed', fixedColor } })
