import { isStaleAt, writeStaleAt } from '@tocsin/promql'
import type { HeadState } from '../head-state.ts'
import { freezeChunk, limitThawed, packOpen, resizeOpen, thawChunk } from './pack-series.ts'
import {
  appendToBlock,
  findTime,
  insertAt,
  lastTimeOf,
  replaceAt,
  type SampleBlock,
  timeAt,
  withRoom,
} from './sample-block.ts'
import type { MemorySeries } from './series.ts'

/**
 * What became of a sample. `inserted`: it came late and was put in its place. `replaced`: another value stood at
 * its timestamp, the last one wins. `too_old`: behind the out-of-order window or the retention.
 */
export type AppendOutcome =
  | 'appended'
  | 'inserted'
  | 'replaced'
  | 'unchanged'
  | 'too_old'
  | 'invalid_time'
  | 'dropped'

// The range of a JavaScript Date.
const MAX_TIME_MS = 8.64e15

/** Appends one sample; a NaN is kept as the ordinary one, a staleness marker comes as `stale`. */
export function appendSample(
  state: HeadState,
  series: MemorySeries,
  time: number,
  value: number,
  stale: boolean,
): AppendOutcome {
  const outcome = writeSample(state, series, time, value, stale)
  if (outcome === 'appended' || outcome === 'inserted' || outcome === 'replaced')
    for (const watch of state.sampleWatchers) watch(series, time, value, stale)
  return outcome
}

function writeSample(
  state: HeadState,
  series: MemorySeries,
  time: number,
  value: number,
  stale: boolean,
): AppendOutcome {
  if (series.dropped) return 'dropped'
  if (!(Math.abs(time) <= MAX_TIME_MS)) return 'invalid_time'
  if (time <= series.lastTimeMs) return appendLate(state, series, time, value, stale)
  if (time < state.horizonMs) {
    state.counts.tooOld++
    return 'too_old'
  }
  if (series.open.count >= series.packAt) packOpen(state, series)
  const roomy = withRoom(series.open, series.packAt)
  if (roomy !== series.open) resizeOpen(state, series, roomy)
  appendToBlock(roomy, time, value)
  if (Number.isNaN(value)) writeNaN(roomy, roomy.count - 1, stale)
  series.lastTimeMs = time
  series.lastValue = value
  series.lastIsStale = stale
  state.counts.samples++
  state.counts.appended++
  return 'appended'
}

function appendLate(
  state: HeadState,
  series: MemorySeries,
  time: number,
  value: number,
  stale: boolean,
): AppendOutcome {
  const oldest = Math.max(series.lastTimeMs - state.limits.outOfOrderWindowMs, state.horizonMs)
  if (time < oldest) {
    state.counts.tooOld++
    return 'too_old'
  }
  const outcome = belongsInOpen(state, series, time)
    ? writeToOpen(state, series, time, value, stale)
    : writeToChunk(state, series, time, value, stale)
  if (time === series.lastTimeMs) {
    series.lastValue = value
    series.lastIsStale = stale
  }
  state.counts[outcome]++
  if (outcome === 'inserted') state.counts.samples++
  return outcome
}

function belongsInOpen(state: HeadState, series: MemorySeries, time: number): boolean {
  if (series.open.count >= 2 * series.packAt) packOpen(state, series)
  if (series.chunks.length === 0) return true
  return series.open.count > 0 && time > maxTimeOf(state, series, series.chunks.length - 1)
}

type LateOutcome = 'inserted' | 'replaced' | 'unchanged'

function writeToOpen(
  state: HeadState,
  series: MemorySeries,
  time: number,
  value: number,
  stale: boolean,
): LateOutcome {
  const { block, outcome } = writeInto(series.open, time, value, stale)
  if (block !== series.open) resizeOpen(state, series, block)
  return outcome
}

function writeToChunk(
  state: HeadState,
  series: MemorySeries,
  time: number,
  value: number,
  stale: boolean,
): LateOutcome {
  limitThawed(state)
  if (series.chunks.length === 0) return writeToOpen(state, series, time, value, stale)
  let at = chunkFor(state, series, time)
  const thawed = series.chunks[at]
  if (typeof thawed === 'object' && thawed.count >= 2 * state.limits.chunkSamples) {
    freezeChunk(state, series, at)
    at = chunkFor(state, series, time)
  }
  const before = thawChunk(state, series, at)
  const { block, outcome } = writeInto(before, time, value, stale)
  state.openBytes += block.data.byteLength - before.data.byteLength
  series.chunks[at] = block
  return outcome
}

function writeInto(
  block: SampleBlock,
  time: number,
  value: number,
  stale: boolean,
): { block: SampleBlock; outcome: LateOutcome } {
  const i = findTime(block, time)
  if (i === block.count || timeAt(block, i) !== time) {
    const inserted = insertAt(block, i, time, value)
    if (Number.isNaN(value)) writeNaN(inserted, i, stale)
    return { block: inserted, outcome: 'inserted' }
  }
  const half = block.data.length / 2
  if (Object.is(block.data[half + i], value) && isStaleAt(block.data, half + i) === stale)
    return { block, outcome: 'unchanged' }
  const replaced = replaceAt(block, i, value)
  if (Number.isNaN(value)) writeNaN(replaced, i, stale)
  return { block: replaced, outcome: 'replaced' }
}

/** The chunk that a late sample belongs to: the last one that begins at or before it, else the first. */
function chunkFor(state: HeadState, series: MemorySeries, time: number): number {
  for (let at = series.chunks.length - 1; at > 0; at--) {
    const chunk = series.chunks[at]
    if (chunk === undefined) continue
    const begins = typeof chunk === 'number' ? state.arena.minTimeOf(chunk) : timeAt(chunk, 0)
    if (begins <= time) return at
  }
  return 0
}

function maxTimeOf(state: HeadState, series: MemorySeries, at: number): number {
  const chunk = series.chunks[at]
  if (chunk === undefined) return Number.NEGATIVE_INFINITY
  return typeof chunk === 'number' ? state.arena.maxTimeOf(chunk) : lastTimeOf(chunk)
}

function writeNaN(block: SampleBlock, i: number, stale: boolean): void {
  const at = block.data.length / 2 + i
  if (stale) writeStaleAt(block.data, at)
  else block.data[at] = Number.NaN
}
