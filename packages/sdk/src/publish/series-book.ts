import type { Series } from '../series/series-table.ts'
import { type Admission, admitExemplar, admitLabels, type Descriptions, describeMetric } from './admit.ts'
import { createBatch } from './batch.ts'
import { createDefaultLabels } from './default-labels.ts'
import type { Family } from './family.ts'
import type { StoredMetric, SummaryEntry } from './prom-client.ts'
import { isSame, levelOf, type Part, STALE, summaryLevels, versionOf } from './read-series.ts'

/** A message to send. `stored()` is called once it is known to be kept. */
export interface Message {
  readonly json: string
  stored(): void
}

export interface SeriesBook {
  /**
   * Messages with every series that changed, or with every series there is, which begins a new edition. Each is made
   * when it is asked for, so that a large snapshot is taken in steps. When one could not be stored, ask for everything.
   */
  messages(families: Iterable<Family>, everything: boolean): Generator<Message>
}

/** Series that come and go within an edition still have their place in it: past this many a new one begins. */
const MAX_PLACES = 1_000_000

/** Rises for all books of this process, so that what one told of a series means nothing to another. */
let lastEdition = 0

/** Writes batches that number on: what an edition has described is referred to by its place. */
export function createSeriesBook(parts: {
  readonly admission: Admission
  /** Labels that every series gets, unless it has them itself. */
  readonly labels: Readonly<Record<string, string>>
  readonly source: string
  /** Unique to this run. */
  readonly publisher: string
  readonly now: () => number
  readonly nextId: () => string
  readonly maxSeries: number
  /** Characters per message, about. */
  readonly maxSize: () => number
}): SeriesBook {
  const { admission, source, publisher, now, nextId, maxSize, maxSeries } = parts
  const withDefaults = createDefaultLabels(parts.labels)
  const metricPlaces = new Map<Family, Partial<Record<Part, number>>>()
  const described = { edition: 0, metrics: 0, series: 0 }
  let lastTime = 0

  function* messages(families: Iterable<Family>, everything: boolean): Generator<Message> {
    if (everything || described.edition === 0 || described.series > MAX_PLACES) beginEdition()
    let draft = openDraft()
    for (const family of [...families]) {
      refresh(family)
      for (const write of writes(family, everything)) {
        write(draft)
        if (draft.batch.size < maxSize()) continue
        yield finish(draft)
        draft = openDraft()
      }
    }
    if (!draft.batch.empty) yield finish(draft)
  }

  function beginEdition(): void {
    described.edition = ++lastEdition
    described.metrics = 0
    described.series = 0
    metricPlaces.clear()
  }

  // Two batches within one millisecond would give one series two values at one time.
  function openDraft() {
    lastTime = Math.max(now(), lastTime + 1)
    const ended: (() => void)[] = []
    return { time: lastTime, batch: createBatch(), dictionary: { publisher, ...described }, ended }
  }
  type Draft = ReturnType<typeof openDraft>

  function finish({ batch, time, dictionary, ended }: Draft): Message {
    return {
      json: batch.toJson({ id: nextId(), time, source, dictionary }),
      stored() {
        for (const forget of ended) forget()
      },
    }
  }

  function refresh(family: Family): void {
    const refused = family.refresh(maxSeries, now())
    if (refused === 0) return
    const { name } = family
    admission.warn(
      `many ${name}`,
      `'${name}' has more than ${maxSeries} series: the others are not published`,
    )
    admission.refuse('too_many_series', refused)
  }

  /** What is to be written of a family, one series after another. */
  function* writes(family: Family, everything: boolean): Generator<(draft: Draft) => void> {
    const { table, metric } = family
    if (family.descriptions === undefined)
      family.descriptions = describeMetric(metric, family.name, admission)
    const { descriptions } = family
    const chosen = !family.registered ? [] : everything ? table.all() : table.changed
    for (const series of [...chosen]) {
      if (series.gone) continue
      table.unmark(series)
      if (descriptions && hasLevel(family, series, everything))
        yield (draft) => writeLevel(draft, family, descriptions, series)
    }
    for (const series of [...table.ended.values()])
      if (descriptions) yield (draft) => writeEnd(draft, family, descriptions, series)
      else table.forget(series)
  }

  /** Whether there is something to say of a series. */
  function hasLevel({ metric, name }: Family, { told, entry, born }: Series, everything: boolean): boolean {
    if (told.labelsJson === undefined) told.labelsJson = admitLabels(name, entry.labels, admission)
    if (told.labelsJson === null) return false
    const isNew =
      told.edition !== described.edition || (born !== undefined && told.bornEdition !== told.edition)
    return everything || isNew || !isSame(told.version, versionOf(metric, entry))
  }

  function writeLevel(draft: Draft, family: Family, descriptions: Descriptions, series: Series): void {
    const { metric } = family
    const { batch, time } = draft
    const { told, entry, born } = series
    describe(batch, family, descriptions, series)
    told.version = versionOf(metric, entry)
    if (born !== undefined && told.bornEdition !== told.edition) {
      told.bornEdition = told.edition
      batch.created(told.place, Math.min(born, time - 1))
    }
    if (metric.type !== 'summary') batch.sample(told.place, levelOf(metric, entry))
    else
      for (const [i, level] of summaryLevels(metric.percentiles, entry as SummaryEntry).entries())
        batch.sample(told.place + i, level)
    writeExemplars(batch, series)
  }

  function writeExemplars(batch: Draft['batch'], series: Series): void {
    const { exemplars, told } = series
    if (exemplars === undefined) return
    series.exemplars = undefined
    for (const exemplar of exemplars) {
      const labels = exemplar && admitExemplar(exemplar)
      if (labels) batch.exemplar(told.place, labels, exemplar.value, exemplar.time)
    }
  }

  function writeEnd(draft: Draft, family: Family, descriptions: Descriptions, series: Series): void {
    const { told } = series
    describe(draft.batch, family, descriptions, series)
    told.version = undefined
    for (let i = 0; i < seriesOf(family.metric).length; i++) draft.batch.sample(told.place + i, STALE)
    draft.ended.push(() => family.table.forget(series))
  }

  /** Describes a series, unless this edition has. */
  function describe(batch: Draft['batch'], family: Family, descriptions: Descriptions, series: Series): void {
    const { told, entry } = series
    if (told.edition === described.edition) return
    told.edition = described.edition
    told.place = described.series
    const labels = withDefaults(told.labelsJson ?? '{}', entry.labels)
    for (const { part, quantile } of seriesOf(family.metric)) {
      const own = quantile === undefined ? labels : `${labels.slice(0, -1)},"quantile":"${quantile}"}`
      batch.series(metricPlace(batch, family, descriptions, part), own)
      described.series++
    }
  }

  function metricPlace(
    batch: Draft['batch'],
    family: Family,
    descriptions: Descriptions,
    part: Part,
  ): number {
    const places = metricPlaces.get(family) ?? {}
    const known = places[part]
    if (known !== undefined) return known
    metricPlaces.set(family, { ...places, [part]: described.metrics })
    batch.metric(descriptions[part])
    return described.metrics++
  }

  return { messages }
}

/** The series that one label combination of a metric is published as. */
function seriesOf(metric: StoredMetric): readonly { readonly part: Part; readonly quantile?: number }[] {
  if (metric.type !== 'summary') return ONE_SERIES
  const quantiles = metric.percentiles.map((quantile) => ({ part: '' as const, quantile }))
  return [...quantiles, { part: '_sum' }, { part: '_count' }]
}

const ONE_SERIES = [{ part: '' }] as const
