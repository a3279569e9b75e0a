import type { LaneMetric, LaneSeries } from '../intake/lane-series.ts'
import type { ByteKey, ByteTable } from './byte-table.ts'
import type { LabelTexts } from './label-texts.ts'
import type { MetadataBook } from './metadata-book.ts'
import type { ReadLabelSet } from './read-label-set.ts'
import type { Refusal } from './refusals.ts'
import type { SeriesGate } from './series-gate.ts'

/** A series as its source sends it. */
export interface KnownSeries extends LaneSeries {
  readonly name: string
  /** Why nothing of it is taken; of valid labels, because limits had no room for it when it was found last. */
  refusal: Refusal | undefined
  /** Whether limits need not be asked any more: the head has it, or its labels are at fault. */
  isSettled: boolean
  /** The same labels as histograms that come as one sample, once there was one. */
  histogram: HistogramSeries | undefined
  /** What version 2 said of its metric last: kind, and the symbols of help and unit. -1 for nothing yet. */
  saidKind: number
  saidHelp: number
  saidUnit: number
}

export interface HistogramSeries {
  readonly series: LaneSeries
  /** Its part of that name. */
  readonly sum: LaneSeries
}

/** The series of one source, found by the bytes that name them. */
export interface SeriesBook {
  /** `read` decodes the labels of a series that is not known yet. */
  find(key: ByteKey, read: () => LabelTexts): KnownSeries
  /** The series that histograms with these bounds belong to. */
  histogram(of: KnownSeries, bounds: readonly number[]): HistogramSeries
  /** A number for a text of version 2, the same for the same bytes as long as it is remembered. */
  symbol(key: ByteKey): number
}

/** What a known series takes beside its texts. Bytes. */
const SERIES_BYTES = 200
const SYMBOL_BYTES = 16
const NO_METRIC: LaneMetric = { json: '', edition: undefined, number: 0, metadata: undefined }

export interface SeriesBookDeps {
  /** Tells this book's entries from those of others in the tables that all share. */
  readonly owner: number
  readonly series: ByteTable<KnownSeries>
  readonly symbols: ByteTable<number>
  readonly nextSymbol: () => number
  readonly metadata: MetadataBook
  readonly readLabelSet: ReadLabelSet
  readonly gate: SeriesGate
}

export function createSeriesBook(deps: SeriesBookDeps): SeriesBook {
  const { owner, series, symbols, metadata, readLabelSet, gate } = deps

  function create(texts: LabelTexts): KnownSeries {
    const reading = readLabelSet(texts)
    return reading.refusal
      ? seriesOf('', '', NO_METRIC, reading.refusal)
      : seriesOf(reading.name, reading.labels, metadata.level(reading.name), undefined)
  }

  function settle(known: KnownSeries): void {
    const answer = gate(known.name, known.labels)
    known.isSettled = answer === 'held'
    known.refusal = answer === 'held' ? undefined : answer
  }

  return {
    find(key, read) {
      const known = series.get(owner, key)
      const one = known ?? create(read())
      if (!one.isSettled) settle(one)
      // What limits have no room for has none here either: there may be millions of it.
      if (!known && (one.isSettled || !one.refusal))
        series.set(owner, key, one, one.labels.length + SERIES_BYTES)
      return one
    },
    histogram(of, bounds) {
      const metric = metadata.histogram(of.name, bounds)
      metric.metadata ??= of.metric.metadata
      if (of.histogram?.series.metric === metric) return of.histogram
      const { labels, name } = of
      of.histogram = {
        series: laneSeriesOf(labels, metric),
        sum: laneSeriesOf(labels, metadata.level(`${name}_sum`)),
      }
      return of.histogram
    },
    symbol(key) {
      const known = symbols.get(0, key)
      if (known !== undefined) return known
      const number = deps.nextSymbol()
      symbols.set(0, key, number, SYMBOL_BYTES)
      return number
    },
  }
}

function seriesOf(
  name: string,
  labels: string,
  metric: LaneMetric,
  refusal: Refusal | undefined,
): KnownSeries {
  return {
    ...laneSeriesOf(labels, metric),
    name,
    refusal,
    isSettled: refusal !== undefined,
    histogram: undefined,
    saidKind: -1,
    saidHelp: -1,
    saidUnit: -1,
  }
}

function laneSeriesOf(labels: string, metric: LaneMetric): LaneSeries {
  return { metric, labels, edition: undefined, number: 0, createdMs: 0, createdIn: undefined }
}
