import { isAbsolute } from '../record/set-cumulative.ts'
import type { Series, SeriesTable } from '../series/series-table.ts'
import type { Entry, HistogramEntry, ScalarEntry, StoredExemplar, StoredMetric } from './prom-client.ts'
import { isSame, versionOf } from './read-series.ts'

/**
 * Brings a table up to date with a metric that others made, by looking at each of its series. Those that begin are
 * counted from zero at `born`. Returns how many there was no room for.
 */
export function compareMetric(
  metric: StoredMetric,
  table: SeriesTable,
  maxSeries: number,
  born: number | undefined,
): number {
  const begins = metric.type === 'counter' || metric.type === 'histogram'
  const since = begins && !metric.collect && !isAbsolute(metric) ? born : undefined
  const entries = Object.entries<Entry>(metric.hashMap)
  const fresh: (readonly [string, Entry])[] = []
  for (const [key, entry] of entries) {
    const series = table.get(key)
    if (series) compareSeries(metric, table, series, entry)
    else fresh.push([key, entry])
  }
  if (entries.length - fresh.length < table.size)
    for (const { key } of [...table.all()]) if (!Object.hasOwn(metric.hashMap, key)) table.remove(key)
  const room = Math.max(0, maxSeries - table.size)
  for (const [key, entry] of fresh.slice(0, room))
    compareSeries(metric, table, table.add(key, entry, since), entry)
  return Math.max(0, fresh.length - room)
}

function compareSeries(metric: StoredMetric, table: SeriesTable, series: Series, entry: Entry): void {
  series.entry = entry
  if (isSame(series.told.version, versionOf(metric, entry))) return
  series.exemplars = newExemplars(metric, entry, series)
  table.mark(series)
}

const lastTaken = new WeakMap<StoredExemplar, number>()

/** What `enableExemplars` kept since we looked: prom-client gives its record the newest of a bucket again and again. */
function newExemplars(metric: StoredMetric, entry: Entry, { exemplars = [] }: Series): Series['exemplars'] {
  const stored = storedExemplars(metric, entry)
  for (const [place, exemplar] of stored.entries()) {
    if (!exemplar || lastTaken.get(exemplar) === exemplar.timestamp) continue
    lastTaken.set(exemplar, exemplar.timestamp)
    const { labelSet, value, timestamp } = exemplar
    const labels = Object.fromEntries(Object.entries(labelSet).map(([name, text]) => [name, String(text)]))
    exemplars[place] = { labels, value, time: Math.round(timestamp * 1000) }
  }
  return exemplars.length > 0 ? exemplars : undefined
}

function storedExemplars(metric: StoredMetric, entry: Entry): (StoredExemplar | null | undefined)[] {
  if (metric.type === 'counter') return [(entry as ScalarEntry).exemplar]
  return metric.type === 'histogram' ? Object.values((entry as HistogramEntry).bucketExemplars ?? {}) : []
}
