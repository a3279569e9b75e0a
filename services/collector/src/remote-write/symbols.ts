import type { ByteKey } from './byte-table.ts'
import { decodeText } from './label-texts.ts'
import type { SeriesBook } from './series-book.ts'
import { DELIMITED, type WireReader } from './wire-reader.ts'
import { WriteError } from './write-error.ts'

const SYMBOL = (4 << 3) | DELIMITED

/** The texts of one request of version 2, which everything else in it refers to by their places. */
export class Symbols {
  readonly #book: SeriesBook
  readonly #key: ByteKey
  readonly #starts: number[] = []
  readonly #ends: number[] = []
  readonly #numbers: number[] = []

  constructor(reader: WireReader, book: SeriesBook) {
    this.#book = book
    this.#key = { bytes: reader.bytes, view: reader.view, from: 0, to: 0 }
  }

  get count(): number {
    return this.#starts.length
  }

  add(from: number, to: number): void {
    this.#starts.push(from)
    this.#ends.push(to)
    this.#numbers.push(-1)
  }

  /** The number that stands for this text in all requests. */
  number(ref: number): number {
    const known = this.#numbers[ref]
    if (known === undefined) throw outside(ref, this.count)
    if (known >= 0) return known
    this.#key.from = this.#starts[ref] ?? 0
    this.#key.to = this.#ends[ref] ?? 0
    const number = this.#book.symbol(this.#key)
    this.#numbers[ref] = number
    return number
  }

  /** Undefined when it is no UTF-8. */
  text(ref: number): string | undefined {
    const from = this.#starts[ref]
    if (from === undefined) throw outside(ref, this.count)
    return decodeText(this.#key.bytes, from, this.#ends[ref] ?? from)
  }
}

/** Finds the symbols of a whole message, and goes back to its beginning. */
export function readSymbols(reader: WireReader, end: number, book: SeriesBook): Symbols {
  const symbols = new Symbols(reader, book)
  while (reader.at < end) {
    const tag = reader.tag(end)
    if (tag !== SYMBOL) {
      reader.skip(tag, end)
      continue
    }
    const to = reader.delimited(end)
    symbols.add(reader.at, to)
    reader.at = to
  }
  reader.at = 0
  if (symbols.count > 0 && symbols.text(0) !== '')
    throw new WriteError('malformed', 'the first of the symbols must be an empty text')
  return symbols
}

function outside(ref: number, count: number): WriteError {
  return new WriteError('malformed', `the body refers to symbol ${ref}, and has ${count}`)
}
