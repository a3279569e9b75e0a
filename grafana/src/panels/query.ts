import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog'
import {
  DataqueryBuilder,
  PromQueryFormat,
  QueryEditorMode,
} from '@grafana/grafana-foundation-sdk/prometheus'

/** One PromQL query of a panel. */
export interface Query {
  readonly expr: string
  /** What a series is called, such as `{{service}}`. */
  readonly legend?: string
  /** Letters; panels of one query leave it out. */
  readonly refId?: string
  /** Shows exemplars beside the series, with their traces. */
  readonly exemplar?: boolean
}

type Shape = 'range' | 'table' | 'heatmap'

/** The variable that every panel takes its data source from. */
export const source = { type: 'prometheus', uid: '${datasource}' }

/** Queries as Grafana keeps them: over the range of the dashboard, or as they stand now. */
export function targets(queries: readonly Query[], shape: Shape = 'range'): Builder<Dataquery>[] {
  return queries.map(({ expr, legend, refId, exemplar }, index) => {
    const query = new DataqueryBuilder()
      .datasource(source)
      .editorMode(QueryEditorMode.Code)
      .refId(refId ?? String.fromCharCode('A'.charCodeAt(0) + index))
      .expr(expr)
    if (legend !== undefined) query.legendFormat(legend)
    if (exemplar === true) query.exemplar(true)
    if (shape === 'table') return query.instant().format(PromQueryFormat.Table)
    if (shape === 'heatmap') return query.range().format(PromQueryFormat.Heatmap)
    return query.range()
  })
}
