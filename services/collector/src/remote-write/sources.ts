import { createDictionaryLane, type DictionaryLane } from '../intake/dictionary-lane.ts'
import { ByteTable } from './byte-table.ts'
import type { MetadataBook } from './metadata-book.ts'
import { createMetadataBook } from './metadata-book.ts'
import type { ReadLabelSet } from './read-label-set.ts'
import { createSeriesBook, type KnownSeries, type SeriesBook } from './series-book.ts'
import type { SeriesGate } from './series-gate.ts'

/** What is kept of one sender, or of several under one name. */
export interface Source {
  readonly name: string
  /** What both versions name series by differs, and must not be taken for one another. */
  readonly series: readonly [version1: SeriesBook, version2: SeriesBook]
  readonly metadata: MetadataBook
  readonly lane: DictionaryLane
}

export interface Sources {
  open(name: string): Source
  /** How many series are remembered. */
  knownSeries(): number
}

export interface SourcesDeps {
  readonly publish: (source: string, json: Uint8Array, id: string) => Promise<unknown>
  readonly now: () => number
  /** How large a message may be; asked when a source is new. Bytes. */
  readonly maxLength: () => number
  readonly readLabelSet: ReadLabelSet
  /** What limits say of the series of a source. */
  readonly gateOf: (source: string) => SeriesGate
  /** How much may be kept so that series need not be decoded again. Bytes. */
  readonly maxSeriesBytes: number
}

const MOST_SOURCES = 100
/** Of all sources; beyond, what was used least recently is forgotten, and learned anew when it comes. */
const MOST_METADATA = 200_000
const SYMBOL_BYTES = 16 * 1024 * 1024

export function createSources({
  publish,
  now,
  maxLength,
  readLabelSet,
  gateOf,
  maxSeriesBytes,
}: SourcesDeps): Sources {
  // In order of use: the first was used least recently.
  const sources = new Map<string, Source>()
  const series = new ByteTable<KnownSeries>(maxSeriesBytes)
  const symbols = new ByteTable<number>(SYMBOL_BYTES)
  let owners = 0
  let symbolCount = 0

  function create(name: string): Source {
    const metadata = createMetadataBook()
    const nextSymbol = () => symbolCount++
    const gate = gateOf(name)
    const book = () =>
      createSeriesBook({ owner: owners++, series, symbols, nextSymbol, metadata, readLabelSet, gate })
    const lane = createDictionaryLane({
      source: name,
      publish: (json, id) => publish(name, json, id),
      now,
      maxLength: maxLength(),
    })
    return { name, series: [book(), book()], metadata, lane }
  }

  function makeRoom(): void {
    let metadata = sources.values().reduce((sum, source) => sum + source.metadata.size(), 0)
    for (const source of sources.values()) {
      if (sources.size <= MOST_SOURCES && metadata <= MOST_METADATA) return
      // What is under way, or was asked for just now, stays.
      if (!source.lane.isIdle() || sources.size === 1) continue
      sources.delete(source.name)
      metadata -= source.metadata.size()
    }
  }

  return {
    open(name) {
      const source = sources.get(name) ?? create(name)
      sources.delete(name)
      makeRoom()
      sources.set(name, source)
      return source
    },
    knownSeries: () => series.size,
  }
}
