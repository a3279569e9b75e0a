import { isAbsolute } from '../record/set-cumulative.ts'
import { type Admission, admitLabels, type Descriptions, describeMetric } from './admit.ts'
import { createBatch } from './batch.ts'
import type { StoredMetric } from './prom-client.ts'
import { type Entry, endOf, type Level, levelsOf, versionOf, zeroOf } from './read-series.ts'
import type { ObservedMetric } from './watch-registry.ts'

/** What was published of one series. */
interface Series {
  /** JSON of its labels; undefined when the contract refuses them. */
  readonly labels: string | undefined
  version: readonly [number, number] | undefined
  /** Until it is known to be stored: when it stood at zero, for counters that began under our eyes. */
  zeroAt: number | undefined
}

interface Page {
  /** Undefined when the contract refuses the metric. */
  readonly descriptions: Descriptions | undefined
  readonly series: Map<string, Series>
  read: boolean
}

/** A message to send. `stored()` is called once it is known to be kept. */
export interface Message {
  readonly json: string
  stored(): void
}

export interface SeriesBook {
  /**
   * Messages with every series that changed, or with every series there is. Each is made when it is asked for,
   * so that a large snapshot is taken in steps. When one could not be stored, ask for everything next.
   */
  messages(metrics: Iterable<ObservedMetric>, everything: boolean): Generator<Message>
}

/** Remembers what was published of every series, so that only what changed is published again. */
export function createSeriesBook(parts: {
  readonly admission: Admission
  readonly source: string
  readonly now: () => number
  readonly nextId: () => string
  /** What these registries hold was published before: it begins at no zero. */
  readonly resumed?: boolean
  /** Characters per message, about. */
  readonly maxSize: () => number
}): SeriesBook {
  const { admission, source, now, nextId, maxSize } = parts
  const pages = new Map<StoredMetric, Page>()
  let resumed = parts.resumed ?? false
  let lastTime = 0

  function* messages(metrics: Iterable<ObservedMetric>, everything: boolean): Generator<Message> {
    const living = new Set<StoredMetric>()
    let draft = openDraft()
    for (const observed of [...metrics]) {
      const { metric } = observed
      living.add(metric)
      if (!everything && !observed.changed) continue
      observed.changed = false
      const page = pages.get(metric) ?? addPage(observed)
      if (!page.descriptions) continue
      for (const [key, entry] of Object.entries<Entry>(metric.hashMap)) {
        const series = page.series.get(key) ?? addSeries(observed, page, key, entry, draft.time)
        if (series.labels === undefined) continue
        const version = versionOf(metric, entry)
        if (!everything && isSame(series.version, version)) continue
        series.version = version
        writeLevels(draft, metric, page.descriptions, series, levelsOf(metric, entry))
        if (series.zeroAt !== undefined) draft.born.push(series)
        if (draft.batch.size < maxSize()) continue
        yield finish(draft)
        draft = openDraft()
      }
      endMissing(draft, metric, page, metric.hashMap)
      page.read = true
    }
    for (const [metric, page] of pages) {
      if (living.has(metric)) continue
      endMissing(draft, metric, page, {})
      if (page.series.size === 0) pages.delete(metric)
    }
    resumed = false
    const last = finish(draft)
    if (draft.batch.empty) last.stored()
    else yield last
  }

  // Two batches within one millisecond would give one series two values at one time.
  function openDraft() {
    lastTime = Math.max(now(), lastTime + 1)
    return { time: lastTime, batch: createBatch(), born: [] as Series[], ended: [] as (() => void)[] }
  }
  type Draft = ReturnType<typeof openDraft>

  function finish({ batch, time, born, ended }: Draft): Message {
    return {
      json: batch.toJson({ id: nextId(), time, source }),
      stored() {
        for (const series of born) series.zeroAt = undefined
        for (const forget of ended) forget()
      },
    }
  }

  function addPage({ metric, name }: ObservedMetric): Page {
    const page: Page = {
      descriptions: describeMetric(metric, name, admission),
      series: new Map(),
      read: false,
    }
    pages.set(metric, page)
    return page
  }

  function addSeries(observed: ObservedMetric, page: Page, key: string, entry: Entry, time: number): Series {
    const { metric, name, seenFromStart } = observed
    const born = !resumed && (seenFromStart || page.read) && !metric.collect && !isAbsolute(metric)
    const labels = admitLabels(name, entry.labels, admission)
    const series: Series = { labels, version: undefined, zeroAt: born ? time - 1 : undefined }
    page.series.set(key, series)
    return series
  }

  function writeLevels(
    { batch }: Draft,
    metric: StoredMetric,
    descriptions: Descriptions,
    { labels = '{}', zeroAt }: Series,
    levels: readonly Level[],
  ): void {
    for (const { part, quantile, json } of levels) {
      const own = quantile === undefined ? labels : `${labels.slice(0, -1)},"quantile":"${quantile}"}`
      const index = batch.series(descriptions[part], own)
      const zero = zeroAt === undefined ? undefined : zeroOf(metric)
      if (zero !== undefined) batch.sample(index, zero, zeroAt)
      batch.sample(index, json)
    }
  }

  function endMissing(draft: Draft, metric: StoredMetric, page: Page, present: object): void {
    if (page.series.size === Object.keys(present).length) return
    for (const [key, series] of page.series) {
      if (Object.hasOwn(present, key)) continue
      if (page.descriptions && series.labels !== undefined)
        writeLevels(draft, metric, page.descriptions, { ...series, zeroAt: undefined }, endOf(metric))
      draft.ended.push(() => page.series.delete(key))
    }
  }

  return { messages }
}

function isSame(a: readonly [number, number] | undefined, b: readonly [number, number]): boolean {
  return a !== undefined && Object.is(a[0], b[0]) && Object.is(a[1], b[1])
}
