import { AxisPlacement } from '@grafana/grafana-foundation-sdk/common'
import {
  HeatmapColorMode,
  HeatmapColorOptionsBuilder,
  PanelBuilder,
  RowsHeatmapOptionsBuilder,
  YAxisConfigBuilder,
} from '@grafana/grafana-foundation-sdk/heatmap'
import { dress, type Look } from './look.ts'
import { source, targets } from './query.ts'

/** How the values of a histogram are spread, over time. `expr` is a rate by `le`. */
export function heat(look: Look & { readonly unit: string; readonly expr: string }): PanelBuilder {
  const query = { expr: look.expr, legend: '{{le}}', exemplar: true }
  const panel = new PanelBuilder().datasource(source).targets(targets([query], 'heatmap'))
  // The unit is that of the buckets; a cell counts a second.
  dress(panel, { ...look, unit: 'short' })
  return panel
    .calculate(false)
    .cellGap(1)
    .color(
      new HeatmapColorOptionsBuilder().mode(HeatmapColorMode.Scheme).scheme('Blues').steps(64).exponent(0.5),
    )
    .yAxis(new YAxisConfigBuilder().unit(look.unit).axisPlacement(AxisPlacement.Left).reverse(false))
    .rowsFrame(new RowsHeatmapOptionsBuilder())
    .exemplarsColor('rgba(255,0,255,0.7)')
    .showLegend()
}
