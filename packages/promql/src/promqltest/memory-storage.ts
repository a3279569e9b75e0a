import { labelsKey, labelValue, setLabels } from '../eval/labels.ts'
import { type Labels, matchLabels, type Queryable, writeStaleAt } from '../storage.ts'
import type { SequenceValue } from './parse-values.ts'

/** A storage for scripts and tests: every sample kept as it came, nothing compressed. */
export interface MemoryStorage extends Queryable {
  /** Sets values `stepMs` apart from time 0; gaps are left out, native histograms only noted. */
  load(labels: Labels, stepMs: number, values: readonly SequenceValue[]): void
  clear(): void
  /** Which kind of native histogram would have been read since this was last asked. */
  takeHistogramRead(): 'histogram' | 'converted' | undefined
}

interface StoredSeries {
  readonly labels: Labels
  readonly samples: Map<number, SequenceValue>
}

export function createMemoryStorage(): MemoryStorage {
  const stored = new Map<string, StoredSeries>()
  let histogramRead: 'histogram' | 'converted' | undefined
  return {
    load(labels, stepMs, values) {
      const key = labelsKey(labels)
      const series = stored.get(key) ?? { labels: setLabels(labels, []), samples: new Map() }
      stored.set(key, series)
      for (const [i, value] of values.entries()) if (value !== 'gap') series.samples.set(i * stepMs, value)
    },
    clear: () => stored.clear(),
    takeHistogramRead() {
      const read = histogramRead
      histogramRead = undefined
      return read
    },
    *select(matchers, startMs, endMs) {
      for (const key of [...stored.keys()].sort()) {
        const series = stored.get(key)
        if (!series || !matchLabels(series.labels, matchers)) continue
        const inRange = [...series.samples].filter(([time]) => time >= startMs && time <= endMs)
        for (const [, value] of inRange) {
          if (value === 'histogram') histogramRead = value
          if (value === 'converted') histogramRead ??= value
        }
        const samples = inRange.filter(([, value]) => typeof value === 'number' || value === 'stale')
        samples.sort(([a], [b]) => a - b)
        if (samples.length === 0) continue
        const timestamps = Float64Array.from(samples, ([time]) => time)
        const values = Float64Array.from(samples, ([, value]) => (typeof value === 'number' ? value : 0))
        for (const [i, [, value]] of samples.entries()) if (value === 'stale') writeStaleAt(values, i)
        yield { labels: series.labels, timestamps, values }
      }
    },
  }
}

/** The native histogram with custom buckets that a classic bucket series is part of; undefined for other series. */
export function nativeLabelsOf(labels: Labels): Labels | undefined {
  const name = labelValue(labels, '__name__')
  if (!name.endsWith('_bucket') || labelValue(labels, 'le') === '') return undefined
  return setLabels(labels, [
    ['__name__', name.slice(0, -'_bucket'.length)],
    ['le', ''],
  ])
}
