import { isAbsolute } from '../record/set-cumulative.ts'
import type { Series, SeriesTable } from '../series/series-table.ts'
import type { Entry, HistogramEntry, ScalarEntry, StoredExemplar, StoredMetric } from './prom-client.ts'

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
  const fresh: (readonly [string, Entry])[] = []
  let known = 0
  for (const key in metric.hashMap) {
    const entry = metric.hashMap[key] as Entry
    const series = table.get(key)
    if (series === undefined) fresh.push([key, entry])
    else {
      known++
      series.entry = entry
      if (!saysTheSame(series, entry)) noteChange(metric, table, series)
    }
  }
  if (known < table.size)
    for (const { key } of [...table.all()]) if (!Object.hasOwn(metric.hashMap, key)) table.remove(key)
  const room = Math.max(0, maxSeries - table.size)
  for (const [key, entry] of fresh.slice(0, room)) noteChange(metric, table, table.add(key, entry, since))
  return Math.max(0, fresh.length - room)
}

/** `isSame()` without making a version of each series, most of which have not changed. */
function saysTheSame({ told: { version } }: Series, entry: Entry): boolean {
  if (version === undefined) return false
  if ('value' in entry) return Object.is(entry.value, version[0])
  return entry.count === version[0] && Object.is(entry.sum, version[1])
}

function noteChange(metric: StoredMetric, table: SeriesTable, series: Series): void {
  series.exemplars = newExemplars(metric, series)
  table.mark(series)
}

const lastTaken = new WeakMap<StoredExemplar, number>()

/** What `enableExemplars` kept since we looked: prom-client gives its record the newest of a bucket again and again. */
function newExemplars(metric: StoredMetric, { entry, exemplars = [] }: Series): Series['exemplars'] {
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
