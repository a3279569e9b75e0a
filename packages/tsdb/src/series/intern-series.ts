import type { Labels } from '@tocsin/promql'
import { enforceByteCap } from '../evict-oldest.ts'
import { type HeadState, totalBytes } from '../head-state.ts'
import { packThreshold } from './pack-series.ts'
import { createSeries, estimateSeriesBytes, type MemorySeries } from './series.ts'
import { seriesKey, sortedNames } from './series-key.ts'
import type { SeriesRefusal } from './series-limits.ts'

/** The series with exactly these labels, if the head has it. */
export function findSeries(state: HeadState, labels: Labels): MemorySeries | undefined {
  return state.index.byKey(seriesKey(sortedNames(labels), labels))
}

/** The series with these labels, created when the limits allow it. */
export function internSeries(state: HeadState, labels: Labels, source: string): MemorySeries | SeriesRefusal {
  const names = sortedNames(labels)
  const key = seriesKey(names, labels)
  const known = state.index.byKey(key)
  if (known) return known
  enforceByteCap(state)
  const metric = Object.hasOwn(labels, '__name__') ? (labels['__name__'] ?? '') : ''
  const refusal = state.seriesLimits.check(
    metric,
    state.index.posting('__name__', metric)?.series.length ?? 0,
    source,
    state.index.size(),
    totalBytes(state) >= state.limits.maxBytes,
  )
  return refusal ?? addSeries(state, state.nextRef++, key, internLabels(state, names, labels), source)
}

/** Puts a series that is known to be new into the index. */
export function addSeries(
  state: HeadState,
  ref: number,
  key: string,
  labels: Labels,
  source: string,
): MemorySeries {
  const series = createSeries(ref, key, labels, source, firstPackAt(ref, state.limits.chunkSamples))
  state.index.add(series)
  state.seriesLimits.admit(series)
  state.seriesBytes += estimateSeriesBytes(series)
  state.counts.seriesCreated++
  for (const listener of state.listeners) listener.created?.(series)
  return series
}

/** A copy in order of names whose strings are those of the index, so that each is in memory once. */
export function internLabels(state: HeadState, names: readonly string[], labels: Labels): Labels {
  const interned: Record<string, string> = {}
  for (const name of names) {
    const value = labels[name] ?? ''
    // Defining, since assigning to `__proto__` would set no property.
    Object.defineProperty(interned, name, {
      value: state.index.posting(name, value)?.value ?? value,
      enumerable: true,
    })
  }
  return Object.freeze(interned)
}

/** Series that begin together would all be packed in the same moment; this spreads them over the whole cycle. */
function firstPackAt(ref: number, chunkSamples: number): number {
  return packThreshold(chunkSamples) - ((ref * 37) % (chunkSamples - 4))
}
