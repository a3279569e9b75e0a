import {
  BigValueColorMode,
  BigValueGraphMode,
  BigValueTextMode,
  ReduceDataOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common'
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/stat'
import { dress, type Look } from './look.ts'
import { type Query, source, targets } from './query.ts'
import { type Words, wordsFor } from './words.ts'

export interface Figure extends Look {
  readonly query: Query
  /** Words in place of numbers. */
  readonly words?: Words
  /** What stands there when the query finds nothing, where that has a meaning. */
  readonly nothing?: string
}

/** The last value of a query, large, with its course behind it. */
export function figure(look: Figure): PanelBuilder {
  const panel = new PanelBuilder().datasource(source).targets(targets([look.query]))
  dress(panel, look)
  panel
    .colorMode(BigValueColorMode.Value)
    .graphMode(look.words ? BigValueGraphMode.None : BigValueGraphMode.Area)
    .textMode(look.query.legend === undefined ? BigValueTextMode.Value : BigValueTextMode.ValueAndName)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false).fields(''))
  if (look.words) panel.mappings(wordsFor(look.words))
  if (look.nothing !== undefined) panel.noValue(look.nothing)
  return panel
}
