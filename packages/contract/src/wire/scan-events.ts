import { acceptEvent } from '../accept-event.ts'
import { type MetricFault, type ParsedEvent, parseEvent } from '../parse-metric-message.ts'
import { Cuts, TIME, VALUE, type VaryingField } from './cuts.ts'
import type { EventColumns } from './event-columns.ts'
import type { WrittenKind } from './event-kind.ts'
import { createKindBook, hashPieces, isSame } from './kind-book.ts'
import { TimeReader } from './read-time.ts'
import type { NumberScanner } from './scan-number.ts'
import { walkEvent } from './walk-event.ts'

const OPEN = 91 // [
const CLOSE = 93 // ]
const OPEN_OBJECT = 123 // {
const COMMA = 44
const QUOTE = 34
const BACKSLASH = 92
const MOST_ID = 200

const utf8 = new TextDecoder('utf-8', { fatal: true })
const ascii = new TextDecoder('latin1')

/**
 * Reads events, or one, from the bytes of a message. Events differ mostly in their values: the bytes around those are
 * compared with the ones of the kind that is likely to come, then looked up, and parsed only once for each kind.
 */
export class EventScanner {
  readonly #numbers: NumberScanner
  readonly #book = createKindBook()
  readonly #times = new TimeReader()
  readonly #cuts = new Cuts()
  #bytes: Uint8Array = new Uint8Array(0)
  #view: DataView = new DataView(new ArrayBuffer(0))
  /** The kind of the last event: the next one's is likely to be the one that came after it before. */
  #last: WrittenKind | undefined

  constructor(numbers: NumberScanner) {
    this.#numbers = numbers
  }

  /**
   * Valid events go to `columns`, the others to `faults`. False for what is not written plainly enough, or is no JSON:
   * then both are void, and the schema decides.
   */
  scan(bytes: Uint8Array, columns: EventColumns, faults: MetricFault[]): boolean {
    columns.clear()
    faults.length = 0
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const isArray = bytes[0] === OPEN
    if (isArray && bytes[1] === CLOSE) return bytes.length === 2
    for (let at = isArray ? 1 : 0, index = 0; ; index++) {
      const end = this.#readEvent(at, index, columns, faults)
      if (end < 0) return false
      if (!isArray) return end === bytes.length
      if (bytes[end] === CLOSE) return end + 1 === bytes.length
      if (bytes[end] !== COMMA) return false
      at = end + 1
    }
  }

  /** Reads the event that begins at `at`; gives the place behind it, -1 when it cannot be read here. */
  #readEvent(at: number, index: number, columns: EventColumns, faults: MetricFault[]): number {
    const likely = this.#last?.next
    if (likely) {
      const end = this.#readAs(likely, at, columns)
      if (end >= 0) {
        this.#last = likely
        columns.keep(likely)
        return end
      }
    }
    if (this.#bytes[at] !== OPEN_OBJECT) return -1
    const end = walkEvent(this.#bytes, at, this.#cuts, this.#numbers)
    if (end < 0 || !this.#readFields(columns)) return -1
    const hash = hashPieces(this.#view, this.#cuts)
    const kind = this.#book.find(hash, this.#view, this.#cuts) ?? this.#addKind(hash, index, faults)
    if (kind === undefined) return faults.at(-1)?.index === index ? end : -1
    if (!canHave(kind, columns)) return -1
    if (this.#last) this.#last.next = kind
    this.#last = kind
    columns.keep(kind)
    return end
  }

  /** Reads an event as one of this kind; gives the place behind it, -1 when it is none. */
  #readAs(kind: WrittenKind, from: number, columns: EventColumns): number {
    columns.draft()
    const { ends, shape, store } = kind
    let at = from
    let start = kind.at
    for (let i = 0; i < ends.length; i++) {
      const end = ends[i] ?? 0
      const length = end - start
      if (at + length > this.#bytes.length || !isSame(this.#view, at, store.view, start, length)) return -1
      at += length
      start = end
      const field = shape[i]
      if (field === undefined) break
      at = this.#readField(field, at, columns)
      if (at < 0) return -1
    }
    return canHave(kind, columns) ? at : -1
  }

  /** Reads what the cuts have left out; false when something of it cannot be read here. */
  #readFields(columns: EventColumns): boolean {
    columns.draft()
    const { count, fields, starts, ends } = this.#cuts
    for (let i = 0; i < count; i++)
      if (this.#readField(fields[i] ?? VALUE, starts[i] ?? 0, columns) !== ends[i]) return false
    return true
  }

  /** Reads the varying field that begins at `at`; gives the place behind it, -1 when it cannot be read here. */
  #readField(field: VaryingField, at: number, columns: EventColumns): number {
    if (field === VALUE) {
      columns.values[columns.count] = this.#numbers.scan(this.#bytes, at)
      return this.#numbers.end === at ? -1 : this.#numbers.end
    }
    const end = plainTextEnd(this.#bytes, at)
    if (end < 0) return -1
    if (field === TIME) {
      const time = this.#times.read(this.#bytes, this.#view, at, end)
      columns.times[columns.count] = time
      return Number.isNaN(time) ? -1 : end
    }
    if (end === at || end - at > MOST_ID) return -1
    columns.ids[columns.count] = ascii.decode(this.#bytes.subarray(at, end))
    return end
  }

  /** Parses the event that was cut. Undefined when it is none, with a fault, or no JSON, without. */
  #addKind(hash: number, index: number, faults: MetricFault[]): WrittenKind | undefined {
    const { from, to } = this.#cuts
    let json: unknown
    try {
      json = JSON.parse(utf8.decode(this.#bytes.subarray(from, to)))
    } catch {
      return undefined
    }
    const { event, fault } = acceptOrParse(json, index)
    if (event) return this.#book.add(hash, this.#bytes, this.#cuts, event.type)
    faults.push(fault)
    return undefined
  }
}

/** A value that the kind cannot have is the schema's to name. */
function canHave({ type }: WrittenKind, columns: EventColumns): boolean {
  return type !== 'counter' || (columns.values[columns.count] ?? 0) >= 0
}

function acceptOrParse(json: unknown, index: number): ParsedEvent {
  const event = acceptEvent(json)
  return event ? { event } : parseEvent(json, index)
}

/** The closing quote of a text without escapes that is plain ASCII; -1 for any other. */
function plainTextEnd(bytes: Uint8Array, from: number): number {
  for (let i = from; ; i++) {
    const byte = bytes[i] ?? 0
    if (byte === QUOTE) return i
    if (byte < 0x20 || byte > 0x7e || byte === BACKSLASH) return -1
  }
}
