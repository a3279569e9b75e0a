import type { Series } from '@tocsin/tsdb'
import type { FamilyType } from './family.ts'
import type { SeriesLines } from './series-lines.ts'
import { writeLabels } from './write-labels.ts'

/** In which order the series of a family are written: which list, and which of it. */
export interface SeriesOrder {
  readonly lists: Uint8Array
  readonly indices: Uint32Array
}

interface Member {
  readonly list: number
  readonly index: number
  readonly rank: number
}

const STEP = 500

/**
 * One histogram or summary after the other, each ascending by bucket or quantile with sum and count behind, as
 * OpenMetrics wants them. What has no parts is in order as it is, and has no order of its own.
 */
export function* orderSeries(
  type: FamilyType,
  lists: readonly SeriesLines[],
): Generator<void, SeriesOrder | undefined> {
  if (type !== 'histogram' && type !== 'summary') return undefined
  const partLabel = type === 'histogram' ? 'le' : 'quantile'
  const groups = new Map<string, Member[]>()
  let seen = 0
  for (const [list, { series }] of lists.entries())
    for (const [index, one] of series.entries()) {
      if (++seen % STEP === 0) yield
      const key = writeLabels(one.labels, partLabel)
      const member = { list, index, rank: rankOf(one, partLabel) }
      const group = groups.get(key)
      if (group) group.push(member)
      else groups.set(key, [member])
    }
  const order = { lists: new Uint8Array(seen), indices: new Uint32Array(seen) }
  let at = 0
  for (const group of groups.values()) {
    if (++seen % STEP === 0) yield
    group.sort((a, b) => a.rank - b.rank || a.list - b.list)
    for (const { list, index } of group) {
      order.lists[at] = list
      order.indices[at++] = index
    }
  }
  return order
}

/** The bucket's bound or the quantile; behind all of them what has none. */
function rankOf({ labels }: Series, partLabel: string): number {
  const bound = labels[partLabel]
  if (bound === undefined) return Number.POSITIVE_INFINITY
  // Behind every number, before what is no bucket.
  return bound === '+Inf' ? Number.MAX_VALUE : Number(bound)
}
