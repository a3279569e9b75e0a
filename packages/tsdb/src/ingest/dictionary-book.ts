import type { BatchHead, BatchMetric, Labels } from '@tocsin/contract'
import type { Head } from '../head.ts'
import type { Series } from '../series/series.ts'
import type { SeriesLane } from '../series/series-lane.ts'
import { createPlace, describe, type Place } from './batch-place.ts'

/** What one publisher has described in its present edition, as far as this reader knows. */
export interface Dictionary {
  readonly publisher: string
  readonly source: string
  readonly edition: number
  /** The number of the first metric and series that are known: above 0 when the reader began in the middle. */
  readonly firstMetric: number
  readonly firstPlace: number
  readonly metrics: BatchMetric[]
  readonly places: (Place | undefined)[]
  /** Series of levels by the index of their place, once one was written to. */
  readonly lane: SeriesLane
}

/** The dictionaries of all publishers. */
export interface DictionaryBook {
  /** The dictionary that a batch goes on with, what the batch itself describes entered. */
  open(batch: BatchHead, dictionary: NonNullable<BatchHead['dictionary']>, source: string): Dictionary
  dump(): readonly DumpedDictionary[]
  load(dumped: readonly DumpedDictionary[]): void
}

/** A dictionary to be kept: of each place the metric, and the labels that its series has. */
export interface DumpedDictionary extends Omit<Dictionary, 'metrics' | 'places' | 'lane'> {
  readonly metrics: readonly BatchMetric[]
  /** A number is the reference of a level's series, which has the labels. */
  readonly places: readonly (readonly [metric: number, labels: Labels | number] | null)[]
}

/** Places in all; beyond, the dictionary goes that was used least recently, and is there again with its next edition. */
const MOST_PLACES = 2_000_000
const MOST_DICTIONARIES = 10_000

export function createDictionaryBook(head: Head): DictionaryBook {
  // In order of use: the first was used least recently.
  const book = new Map<string, Dictionary>()
  let places = 0

  function put(key: string, dictionary: Dictionary): void {
    book.delete(key)
    book.set(key, dictionary)
    for (const [oldest, { places: list }] of book) {
      if ((places <= MOST_PLACES && book.size <= MOST_DICTIONARIES) || oldest === key) return
      book.delete(oldest)
      places -= list.length
    }
  }

  /** Enters what a batch describes, which may be said anew, from indices of the dictionary on. */
  function enter(dictionary: Dictionary, batch: BatchHead, metric: number, series: number): void {
    const { metrics, firstMetric, lane } = dictionary
    batch.metrics.forEach((described, i) => {
      head.metadata.declare(described.name, described)
      metrics[metric + i] = described
    })
    batch.series.forEach(([index, labels], i) => {
      const described = metrics[index - firstMetric]
      const at = series + i
      dictionary.places[at] = described && createPlace(described, labels)
      lane.forget(at)
    })
  }

  return {
    open(batch, { publisher, edition, metrics, series }, source) {
      const key = JSON.stringify([source, publisher])
      const known = book.get(key)
      const goesOn =
        known?.edition === edition &&
        metrics >= known.firstMetric &&
        metrics <= known.firstMetric + known.metrics.length &&
        series >= known.firstPlace &&
        series <= known.firstPlace + known.places.length
      const dictionary: Dictionary = goesOn
        ? known
        : {
            publisher,
            source,
            edition,
            firstMetric: metrics,
            firstPlace: series,
            metrics: [],
            places: [],
            lane: head.openLane(),
          }
      const before = known?.places.length ?? 0
      enter(dictionary, batch, metrics - dictionary.firstMetric, series - dictionary.firstPlace)
      places += dictionary.places.length - before
      put(key, dictionary)
      return dictionary
    },
    dump: () => [...book.values()].map(dumpDictionary),
    load(dumped) {
      const byRef = new Map(head.series().map((series) => [series.ref, series]))
      for (const one of dumped) {
        const dictionary = loadDictionary(head, one, byRef)
        places += dictionary.places.length
        put(JSON.stringify([one.source, one.publisher]), dictionary)
      }
    },
  }
}

function dumpDictionary({ metrics, places, lane: _, ...rest }: Dictionary): DumpedDictionary {
  const numbers = new Map(metrics.map((metric, i) => [metric, i]))
  return {
    ...rest,
    metrics,
    places: places.map((place) => {
      if (!place) return null
      const { series } = place
      const labels = series && !series.dropped ? series.ref : describe(place).labels
      return [numbers.get(place.metric) ?? 0, labels] as const
    }),
  }
}

function loadDictionary(
  head: Head,
  { metrics, places, ...rest }: DumpedDictionary,
  byRef: ReadonlyMap<number, Series>,
): Dictionary {
  for (const metric of metrics) head.metadata.declare(metric.name, metric)
  return {
    ...rest,
    metrics: [...metrics],
    lane: head.openLane(),
    places: places.map((entry) => {
      const metric = entry && metrics[entry[0]]
      if (!entry || !metric) return undefined
      const [, labels] = entry
      if (typeof labels !== 'number') return createPlace(metric, labels)
      const series = byRef.get(labels)
      return series && { metric, labels: undefined, series, histogram: undefined }
    }),
  }
}
