import type { Labels } from '@tocsin/promql'
import { enforceByteCap } from '../evict-oldest.ts'
import { type HeadState, totalBytes } from '../head-state.ts'
import { hashLabels } from './label-hash.ts'
import { firstPackAt } from './pack-series.ts'
import { estimateSeriesBytes, MemorySeries } from './series.ts'
import type { SeriesRefusal } from './series-limits.ts'

/** The series with exactly these labels, if the head has it. */
export function findSeries(state: HeadState, labels: Labels): MemorySeries | undefined {
  return state.index.find(hashLabels(labels), labels)
}

/** The series with these labels, created when the limits allow it. */
export function internSeries(state: HeadState, labels: Labels, source: string): MemorySeries | SeriesRefusal {
  const hash = hashLabels(labels)
  const known = state.index.find(hash, labels)
  if (known) return known
  return checkLimits(state, labels, source) ?? addSeries(state, state.nextRef++, hash, labels, source)
}

/** Why the limits have no room for a new series with these labels; counted as refused. */
export function checkLimits(state: HeadState, labels: Labels, source: string): SeriesRefusal | undefined {
  enforceByteCap(state)
  const metric = Object.hasOwn(labels, '__name__') ? (labels['__name__'] ?? '') : ''
  return state.seriesLimits.check(
    metric,
    state.index.posting('__name__', metric)?.series.length ?? 0,
    source,
    state.index.size(),
    totalBytes(state) >= state.limits.maxBytes,
  )
}

/** Puts a series that is known to be new into the index. */
export function addSeries(
  state: HeadState,
  ref: number,
  hash: number,
  labels: Labels,
  source: string,
): MemorySeries {
  const series = new MemorySeries(state.table, ref, hash, internLabels(state, labels), source)
  state.table.packAt[series.row] = firstPackAt(ref, state.limits.chunkSamples)
  state.index.add(series)
  state.seriesLimits.admit(series)
  state.seriesBytes += estimateSeriesBytes(series)
  state.counts.seriesCreated++
  for (const listener of state.listeners) listener.created?.(series)
  return series
}

/** A copy in order of names whose strings are those of the index, so that each is in memory once. */
function internLabels(state: HeadState, labels: Labels): Labels {
  const interned: Record<string, string> = {}
  for (const name of Object.keys(labels).sort()) {
    const value = labels[name] ?? ''
    if (value === '') continue
    const own = state.index.posting(name, value)?.value ?? value
    // Defining, since assigning to `__proto__` would set no property.
    if (name === '__proto__') Object.defineProperty(interned, name, { value: own, enumerable: true })
    else interned[name] = own
  }
  return interned
}
