import {
  LegendDisplayMode,
  LegendPlacement,
  SortOrder,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common'
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/statetimeline'
import { dress, type Look } from './look.ts'
import { type Query, source, targets } from './query.ts'
import { type Words, wordsFor } from './words.ts'

/** How the states of things follow one another: one band each. */
export function states(
  look: Look & { readonly queries: readonly Query[]; readonly words: Words },
): PanelBuilder {
  const panel = new PanelBuilder().datasource(source).targets(targets(look.queries))
  dress(panel, look)
  return panel
    .mappings(wordsFor(look.words))
    .mergeValues(true)
    .showValue(VisibilityMode.Auto)
    .rowHeight(0.85)
    .fillOpacity(75)
    .lineWidth(0)
    .legend(
      new VizLegendOptionsBuilder()
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom)
        .showLegend(true)
        .calcs([]),
    )
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Single).sort(SortOrder.None))
}
