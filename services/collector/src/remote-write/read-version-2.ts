import type { ByteKey } from './byte-table.ts'
import type { LabelTexts } from './label-texts.ts'
import { kindOf } from './metadata-book.ts'
import { isStaleMarker, readNativeHistogram } from './native-histogram.ts'
import { type ReadDeps, SERIES_A_LOOK } from './read-deps.ts'
import type { KnownSeries } from './series-book.ts'
import { readSymbols, type Symbols } from './symbols.ts'
import { takeExemplar } from './take-exemplar.ts'
import { takeHistogram } from './take-histogram.ts'
import { DELIMITED, FIXED64, VARINT, WireReader } from './wire-reader.ts'
import { WriteError } from './write-error.ts'

const varint = (field: number) => (field << 3) | VARINT
const double = (field: number) => (field << 3) | FIXED64
const delimited = (field: number) => (field << 3) | DELIMITED

const TIME_SERIES = delimited(5)
const LABEL_REFS = delimited(1)
const LABEL_REF = varint(1)
const SAMPLE = delimited(2)
const HISTOGRAM = delimited(3)
const EXEMPLAR = delimited(4)
const METADATA = delimited(5)
/** Where release candidates of version 2 had what samples say themselves now. */
const CREATED = varint(6)
const VALUE = double(1)
const TIMESTAMP = varint(2)
const START = varint(3)

/**
 * Reads an `io.prometheus.write.v2.Request`.
 * @throws {WriteError} `malformed`
 */
export async function readVersion2(bytes: Buffer, deps: ReadDeps): Promise<void> {
  const reader = new WireReader(bytes)
  const end = bytes.length
  const series = new SeriesReader(reader, readSymbols(reader, end, deps.series), deps)
  for (let n = 1; reader.at < end; n++) {
    const tag = reader.tag(end)
    if (tag === TIME_SERIES) series.read(reader.delimited(end))
    else reader.skip(tag, end)
    if (n % SERIES_A_LOOK === 0 && deps.turn.isOver()) await deps.turn.pass()
  }
}

class SeriesReader {
  readonly #reader: WireReader
  readonly #symbols: Symbols
  readonly #deps: ReadDeps
  readonly #refs: number[] = []
  /** The labels of the present series as the numbers of their symbols: the same bytes in every request. */
  #key = keyOf(64)
  // Where the rest is that needs to know its series.
  readonly #histograms: number[] = []
  readonly #exemplars: number[] = []
  #createdMs = 0
  #kind = 0
  #help = 0
  #unit = 0

  constructor(reader: WireReader, symbols: Symbols, deps: ReadDeps) {
    this.#reader = reader
    this.#symbols = symbols
    this.#deps = deps
  }

  read(end: number): void {
    const { into, series } = this.#deps
    this.#clear()
    into.beginSeries()
    this.#readFields(end)
    const known = series.find(this.#fillKey(), () => textsOf(this.#refs, this.#symbols))
    into.endSeries(known, this.#createdMs)
    if (!known.refusal) this.#learn(known)
    if (this.#histograms.length + this.#exemplars.length > 0) this.#takeRest(known)
    this.#reader.at = end
  }

  #clear(): void {
    this.#refs.length = 0
    this.#histograms.length = 0
    this.#exemplars.length = 0
    this.#createdMs = 0
    this.#kind = 0
    this.#help = 0
    this.#unit = 0
  }

  #readFields(end: number): void {
    const reader = this.#reader
    while (reader.at < end) {
      const tag = reader.tag(end)
      if (tag === LABEL_REFS) readRefs(reader, reader.delimited(end), this.#refs)
      else if (tag === LABEL_REF) this.#refs.push(reader.unsigned(end))
      else if (tag === SAMPLE) this.#readSample(reader.delimited(end))
      else if (tag === HISTOGRAM || tag === EXEMPLAR) {
        const fieldEnd = reader.delimited(end)
        ;(tag === EXEMPLAR ? this.#exemplars : this.#histograms).push(reader.at, fieldEnd)
        reader.at = fieldEnd
      } else if (tag === METADATA) this.#readMetadata(reader.delimited(end))
      else if (tag === CREATED) this.#createdMs = reader.signed(end)
      else reader.skip(tag, end)
    }
  }

  #readSample(end: number): void {
    const reader = this.#reader
    let value = 0
    let isStale = false
    let timeMs = 0
    let createdMs = 0
    while (reader.at < end) {
      const tag = reader.tag(end)
      if (tag === VALUE) {
        const at = reader.at
        value = reader.double(end)
        isStale = Number.isNaN(value) && isStaleMarker(reader.view, at)
      } else if (tag === TIMESTAMP) timeMs = reader.signed(end)
      else if (tag === START) createdMs = reader.signed(end)
      else reader.skip(tag, end)
    }
    this.#deps.into.sample(value, isStale, timeMs, createdMs)
  }

  #readMetadata(end: number): void {
    const reader = this.#reader
    while (reader.at < end) {
      const tag = reader.tag(end)
      if (tag === varint(1)) this.#kind = reader.unsigned(end)
      else if (tag === varint(3)) this.#help = reader.unsigned(end)
      else if (tag === varint(4)) this.#unit = reader.unsigned(end)
      else reader.skip(tag, end)
    }
  }

  #fillKey(): ByteKey {
    const size = this.#refs.length * 4
    if (size > this.#key.bytes.length) this.#key = keyOf(size * 2)
    for (let i = 0; i < this.#refs.length; i++)
      this.#key.view.setInt32(i * 4, this.#symbols.number(this.#refs[i] ?? 0), true)
    this.#key.to = size
    return this.#key
  }

  /** What is said of the metric comes with every series, and is news only when it has changed. */
  #learn(known: KnownSeries): void {
    const symbols = this.#symbols
    if (this.#kind === 0 && this.#help === 0 && this.#unit === 0) return
    const help = symbols.number(this.#help)
    const unit = symbols.number(this.#unit)
    if (known.saidKind === this.#kind && known.saidHelp === help && known.saidUnit === unit) return
    known.saidKind = this.#kind
    known.saidHelp = help
    known.saidUnit = unit
    const family = {
      kind: kindOf(this.#kind),
      help: symbols.text(this.#help) ?? '',
      unit: symbols.text(this.#unit) ?? '',
    }
    const { metadata, into } = this.#deps
    into.metadata.push(...metadata.learnSeries(known.metric, known.name, family))
  }

  #takeRest(known: KnownSeries): void {
    const reader = this.#reader
    const { into, series, names } = this.#deps
    for (let i = 0; i < this.#histograms.length; i += 2) {
      reader.at = this.#histograms[i] ?? 0
      takeHistogram(readNativeHistogram(reader, this.#histograms[i + 1] ?? 0), known, series, into)
    }
    for (let i = 0; i < this.#exemplars.length; i += 2) {
      reader.at = this.#exemplars[i] ?? 0
      takeExemplar(readExemplar(reader, this.#exemplars[i + 1] ?? 0, this.#symbols), known, names, into)
    }
  }
}

function keyOf(size: number): ByteKey {
  const bytes = Buffer.alloc(size)
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, size), from: 0, to: 0 }
}

function readRefs(reader: WireReader, end: number, into: number[]): void {
  while (reader.at < end) into.push(reader.unsigned(end))
}

function textsOf(refs: readonly number[], symbols: Symbols): LabelTexts {
  if (refs.length % 2 !== 0) throw new WriteError('malformed', 'a label has a name and no value')
  const names: (string | undefined)[] = []
  const values: (string | undefined)[] = []
  for (const [i, ref] of refs.entries()) (i % 2 === 0 ? names : values).push(symbols.text(ref))
  return { names, values }
}

function readExemplar(reader: WireReader, end: number, symbols: Symbols) {
  const refs: number[] = []
  let value = 0
  let timeMs = 0
  while (reader.at < end) {
    const tag = reader.tag(end)
    if (tag === delimited(1)) readRefs(reader, reader.delimited(end), refs)
    else if (tag === varint(1)) refs.push(reader.unsigned(end))
    else if (tag === double(2)) value = reader.double(end)
    else if (tag === varint(3)) timeMs = reader.signed(end)
    else reader.skip(tag, end)
  }
  return { texts: textsOf(refs, symbols), value, timeMs }
}
