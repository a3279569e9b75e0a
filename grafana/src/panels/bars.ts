import { PanelBuilder } from '@grafana/grafana-foundation-sdk/bargauge'
import {
  BarGaugeDisplayMode,
  BarGaugeNamePlacement,
  BarGaugeValueMode,
  ReduceDataOptionsBuilder,
  VizOrientation,
} from '@grafana/grafana-foundation-sdk/common'
import { dress, type Look } from './look.ts'
import { type Query, source, targets } from './query.ts'

/** The last value of each series as a bar, one below the other. */
export function bars(look: Look & { readonly query: Query }): PanelBuilder {
  const panel = new PanelBuilder().datasource(source).targets(targets([look.query]))
  dress(panel, { min: 0, ...look })
  return panel
    .orientation(VizOrientation.Horizontal)
    .displayMode(BarGaugeDisplayMode.Basic)
    .valueMode(BarGaugeValueMode.Color)
    .namePlacement(BarGaugeNamePlacement.Left)
    .showUnfilled(true)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false).fields(''))
}
