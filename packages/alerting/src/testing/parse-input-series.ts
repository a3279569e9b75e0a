import { type Labels, writeStaleAt } from '@tocsin/promql'
import { parseSeries } from '@tocsin/promql/promqltest'
import type { FedSeries } from '../replay/feed-series.ts'

/** A series in the notation of test files: `up{job="a"}` with `0+1x10 _ stale`. @throws Error that says what is wrong */
export function parseInputSeries(
  series: string,
  values: string,
  startMs: number,
  intervalMs: number,
): FedSeries {
  if (series.trim() === '') throw new Error('series must be set')
  const { labels, values: sequence } = parseSeries(`${series} ${values}`)
  const present = sequence.map((value, i) => ({ value, timeMs: startMs + i * intervalMs }))
  const kept = present.filter(({ value }) => value !== 'gap')
  if (kept.some(({ value }) => value === 'histogram' || value === 'converted'))
    throw new Error('Tocsin keeps no native histograms: give the classic series, by le')
  const numbers = Float64Array.from(kept, ({ value }) => (typeof value === 'number' ? value : Number.NaN))
  for (const [i, { value }] of kept.entries()) if (value === 'stale') writeStaleAt(numbers, i)
  return { labels, timestamps: kept.map(({ timeMs }) => timeMs), values: numbers }
}

/** Labels as a sample of a test names them: `up{job="a"}`, `{}`. @throws Error */
export function parseSeriesLabels(text: string): Labels {
  return text === '' ? {} : parseSeries(text).labels
}
