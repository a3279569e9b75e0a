import { readLabels, readText } from './label-texts.ts'
import { kindOf } from './metadata-book.ts'
import { isStaleMarker, readNativeHistogram } from './native-histogram.ts'
import { type ReadDeps, SERIES_A_LOOK } from './read-deps.ts'
import { type SentExemplar, takeExemplar } from './take-exemplar.ts'
import { takeHistogram } from './take-histogram.ts'
import { DELIMITED, FIXED64, VARINT, WireReader } from './wire-reader.ts'

const varint = (field: number) => (field << 3) | VARINT
const double = (field: number) => (field << 3) | FIXED64
const delimited = (field: number) => (field << 3) | DELIMITED

const TIME_SERIES = delimited(1)
const METADATA = delimited(3)
const LABEL = delimited(1)
const SAMPLE = delimited(2)
const EXEMPLAR = delimited(3)
const HISTOGRAM = delimited(4)
const VALUE = double(1)
const TIMESTAMP = varint(2)

/**
 * Reads a `prometheus.WriteRequest`.
 * @throws {WriteError} `malformed`
 */
export async function readVersion1(bytes: Buffer, deps: ReadDeps): Promise<void> {
  const reader = new WireReader(bytes)
  const series = new SeriesReader(reader, deps)
  const end = bytes.length
  for (let n = 1; reader.at < end; n++) {
    const tag = reader.tag(end)
    if (tag === TIME_SERIES) series.read(reader.delimited(end))
    else if (tag === METADATA) readMetadata(reader, reader.delimited(end), deps)
    else reader.skip(tag, end)
    if (n % SERIES_A_LOOK === 0 && deps.turn.isOver()) await deps.turn.pass()
  }
}

class SeriesReader {
  readonly #reader: WireReader
  readonly #deps: ReadDeps
  /** The labels of the present series, as bytes. */
  readonly #key
  // Where histograms and exemplars are: they need to know their series, which the message need not name first.
  readonly #histograms: number[] = []
  readonly #exemplars: number[] = []

  constructor(reader: WireReader, deps: ReadDeps) {
    this.#reader = reader
    this.#deps = deps
    this.#key = { bytes: reader.bytes, view: reader.view, from: 0, to: 0 }
  }

  read(end: number): void {
    const reader = this.#reader
    const { into, series } = this.#deps
    const from = reader.at
    let labelsEnd = from
    let isScattered = false
    this.#histograms.length = 0
    this.#exemplars.length = 0
    into.beginSeries()
    while (reader.at < end) {
      const fieldAt = reader.at
      const tag = reader.tag(end)
      if (tag === LABEL) {
        reader.at = reader.delimited(end)
        if (fieldAt === labelsEnd) labelsEnd = reader.at
        else isScattered = true
      } else if (tag === SAMPLE) this.#readSample(reader.delimited(end))
      else if (tag === EXEMPLAR || tag === HISTOGRAM) {
        const fieldEnd = reader.delimited(end)
        ;(tag === EXEMPLAR ? this.#exemplars : this.#histograms).push(reader.at, fieldEnd)
        reader.at = fieldEnd
      } else reader.skip(tag, end)
    }
    // Labels that stand apart are named by all the bytes of the series: found again, if seldom.
    this.#key.from = from
    this.#key.to = isScattered ? end : labelsEnd
    const known = series.find(this.#key, () => this.#readLabels())
    into.endSeries(known)
    if (this.#histograms.length + this.#exemplars.length > 0) this.#takeRest(known)
    reader.at = end
  }

  #readLabels() {
    this.#reader.at = this.#key.from
    return readLabels(this.#reader, LABEL, this.#key.to)
  }

  #readSample(end: number): void {
    const reader = this.#reader
    let value = 0
    let isStale = false
    let timeMs = 0
    while (reader.at < end) {
      const tag = reader.tag(end)
      if (tag === VALUE) {
        const at = reader.at
        value = reader.double(end)
        isStale = Number.isNaN(value) && isStaleMarker(reader.view, at)
      } else if (tag === TIMESTAMP) timeMs = reader.signed(end)
      else reader.skip(tag, end)
    }
    this.#deps.into.sample(value, isStale, timeMs, 0)
  }

  #takeRest(known: ReturnType<ReadDeps['series']['find']>): void {
    const reader = this.#reader
    const { into, series, names } = this.#deps
    for (let i = 0; i < this.#histograms.length; i += 2) {
      reader.at = this.#histograms[i] ?? 0
      takeHistogram(readNativeHistogram(reader, this.#histograms[i + 1] ?? 0), known, series, into)
    }
    for (let i = 0; i < this.#exemplars.length; i += 2) {
      reader.at = this.#exemplars[i] ?? 0
      takeExemplar(readExemplar(reader, this.#exemplars[i + 1] ?? 0), known, names, into)
    }
  }
}

function readExemplar(reader: WireReader, end: number): SentExemplar {
  const from = reader.at
  const texts = readLabels(reader, delimited(1), end)
  reader.at = from
  let value = 0
  let timeMs = 0
  while (reader.at < end) {
    const tag = reader.tag(end)
    if (tag === double(2)) value = reader.double(end)
    else if (tag === varint(3)) timeMs = reader.signed(end)
    else reader.skip(tag, end)
  }
  return { texts, value, timeMs }
}

/** Metadata comes in requests of its own, a family at a time. */
function readMetadata(reader: WireReader, end: number, { metadata, into }: ReadDeps): void {
  let kind = 0
  let name: string | undefined = ''
  let help: string | undefined = ''
  let unit: string | undefined = ''
  while (reader.at < end) {
    const tag = reader.tag(end)
    if (tag === varint(1)) kind = reader.unsigned(end)
    else if (tag === delimited(2)) name = readText(reader, end)
    else if (tag === delimited(4)) help = readText(reader, end)
    else if (tag === delimited(5)) unit = readText(reader, end)
    else reader.skip(tag, end)
  }
  if (name === undefined || name === '') return
  into.metadata.push(
    ...metadata.learnFamily(name, { kind: kindOf(kind), help: help ?? '', unit: unit ?? '' }),
  )
}
