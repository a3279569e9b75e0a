import { isStaleAt, type SeriesSlice } from '../storage.ts'
import type { AtModifier, VectorSelector } from '../syntax/ast.ts'
import { type Block, type Frame, setCell } from './block.ts'
import { createBlockBuilder } from './block-builder.ts'
import type { Query } from './query.ts'
import { firstAfter, prepareSelect, selectSlices } from './series-slice.ts'

/** The time `@` pins an evaluation to, in milliseconds. */
function pinnedTime(query: Query, at: AtModifier | undefined): number | undefined {
  if (at === 'start') return query.startMs
  return at === 'end' ? query.endMs : at
}

/** The first and the last time a frame looks at, moved by `@` and `offset`. */
export function frameBounds(
  query: Query,
  frame: Frame,
  { at, offsetMs }: { readonly at: AtModifier | undefined; readonly offsetMs: number },
): { firstMs: number; lastMs: number; stepMs: number } {
  const pinned = pinnedTime(query, at)
  if (pinned !== undefined) return { firstMs: pinned - offsetMs, lastMs: pinned - offsetMs, stepMs: 0 }
  const firstMs = frame.startMs - offsetMs
  return { firstMs, lastMs: firstMs + (frame.steps - 1) * frame.stepMs, stepMs: frame.stepMs }
}

/** A selector's series: at each step the newest sample within the lookback, unless the series ended. */
export function* selectInstant(
  query: Query,
  selector: VectorSelector,
  frame: Frame,
  what: 'value' | 'timestamp' = 'value',
): Generator<void, Block> {
  const { firstMs, lastMs, stepMs } = frameBounds(query, frame, selector)
  const builder = createBlockBuilder(frame.steps)
  yield* prepareSelect(query, selector.matchers)
  const oldestMs = firstMs - query.lookbackMs + 1
  for (const series of selectSlices(query.queryable, selector.matchers, oldestMs, lastMs)) {
    query.charge(frame.steps)
    const base = builder.add(series.labels, false)
    if (!fillRow(builder.part(), base, series, firstMs, stepMs, query.lookbackMs, what)) builder.takeBack()
    if (query.due(series.to - series.from + frame.steps)) yield
  }
  return yield* builder.finish(query)
}

function fillRow(
  block: Block,
  base: number,
  { timestamps, values, from, to }: SeriesSlice,
  firstMs: number,
  stepMs: number,
  lookbackMs: number,
  what: 'value' | 'timestamp',
): boolean {
  let found = false
  let next = from
  for (let step = 0; step < block.steps; step++) {
    const time = firstMs + step * stepMs
    next = firstAfter(timestamps, time, next, to)
    const last = next - 1
    if (last < from) continue
    const timestamp = timestamps[last] ?? 0
    if (timestamp <= time - lookbackMs || isStaleAt(values, last)) continue
    setCell(block, base + step, what === 'value' ? (values[last] ?? 0) : timestamp / 1000)
    found = true
  }
  // A row that is taken back must leave no marks for the one that takes its place: it set none.
  return found
}
