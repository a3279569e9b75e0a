import { isDigit, JsonCursor } from './json-cursor.ts'
import type { MessageFields, MessageReader } from './message-reader.ts'

const INTEGER = /^[+-]?\d{1,40}$/
const TWO_31 = 2 ** 31
const TWO_32 = 2 ** 32
const MOST_INT64 = 2n ** 63n - 1n
const MOST_UINT64 = 2n ** 64n - 1n
const BASE64 = /^[A-Za-z0-9+/_-]*={0,2}$/

/** The message that is being read, and how far it is. */
interface Level {
  readonly fields: MessageFields
  /** The list in it that is being read, by its number; 0 outside of one. */
  list: number
  /** Nothing of the object or list has been read yet. */
  fresh: boolean
  closed: boolean
}

/** Walks through a message in OTLP's JSON. Unknown fields are passed over, and null is the same as none. */
export class JsonReader implements MessageReader {
  field = 0
  mark = 0
  readonly #json: JsonCursor
  readonly #levels: Level[] = []
  #level: Level = CLOSED

  constructor(body: Buffer, at = 0) {
    this.#json = new JsonCursor(body, at)
  }

  get at(): number {
    return this.#json.at
  }

  set at(at: number) {
    this.#json.at = at
  }

  next(): boolean {
    const json = this.#json
    const level = this.#level
    for (;;) {
      if (level.list !== 0 && this.#nextItem(level)) return true
      const first = level.fresh
      level.fresh = false
      if (!json.member(first)) {
        level.closed = true
        return false
      }
      const number = level.fields.numbers.get(json.key)
      if (number === undefined) json.skip()
      else if (!json.takeNull()) {
        if (!level.fields.lists.has(number)) return this.#begin(number)
        json.openList()
        level.list = number
        level.fresh = true
      }
    }
  }

  #nextItem(level: Level): boolean {
    const first = level.fresh
    level.fresh = false
    if (this.#json.item(first)) return this.#begin(level.list)
    level.list = 0
    return false
  }

  #begin(number: number): true {
    this.#json.peek()
    this.field = number
    this.mark = this.#json.at
    return true
  }

  skip(): void {
    this.#json.skip()
  }

  enter(fields: MessageFields): number {
    this.#json.openObject()
    this.#levels.push(this.#level)
    this.#level = { fields, list: 0, fresh: true, closed: false }
    return this.#levels.length
  }

  leave(): void {
    if (!this.#level.closed) while (this.next()) this.skip()
    this.#level = this.#levels.pop() ?? CLOSED
  }

  restart(at: number): void {
    this.#json.at = at
    this.#level.list = 0
    this.#level.fresh = true
    this.#level.closed = false
  }

  back(mark: number): void {
    this.#json.at = mark
  }

  fork(mark: number): JsonReader {
    return new JsonReader(this.#json.body, mark)
  }

  finish(): void {
    this.#json.finish()
  }

  text(): string {
    return this.#json.text()
  }

  bool(): boolean {
    return this.#json.bool()
  }

  bytes(): Uint8Array {
    const text = this.#json.text()
    if (!BASE64.test(text)) throw this.#json.fault('bytes in base64 are expected')
    return Buffer.from(text, 'base64')
  }

  double(): number {
    const few = this.#json.fewDigits()
    if (few !== undefined) return few
    const text = this.#json.number()
    if (text === 'NaN') return Number.NaN
    const number = text.trim() === '' ? Number.NaN : Number(text)
    if (Number.isNaN(number)) throw this.#json.fault('a number is expected')
    return number
  }

  uint32(): number {
    const value = this.fixed64()
    if (value >= TWO_32) throw this.#json.fault('an integer from 0 to 2^32 - 1 is expected')
    return value
  }

  fixed32(): number {
    return this.uint32()
  }

  sint32(): number {
    const value = this.sfixed64()
    if (value >= TWO_31 || value < -TWO_31) throw this.#json.fault('an integer of 32 bits is expected')
    return value
  }

  fixed64(): number {
    const exact = this.#json.fewDigits() ?? this.#integer()
    if (exact < 0 || exact > MOST_UINT64) throw this.#json.fault('an integer from 0 to 2^64 - 1 is expected')
    return Number(exact)
  }

  sfixed64(): number {
    return Number(this.int64())
  }

  int64(): number | bigint {
    const few = this.#json.fewDigits()
    if (few !== undefined) return few
    const exact = this.#integer()
    if (exact > MOST_INT64 || exact < -MOST_INT64 - 1n)
      throw this.#json.fault('an integer of 64 bits is expected')
    const number = Number(exact)
    return Number.isSafeInteger(number) ? number : exact
  }

  /** By its number, or by its name in the .proto files, which OTLP does not ask for but others take. */
  enumeration<T extends string>(values: readonly [T, ...T[]], prefix: string): T {
    if (!this.#json.isText()) return values[this.uint32()] ?? values[0]
    const name = this.#json.text()
    const value = values.find((one) => name === `${prefix}${one.toUpperCase()}`)
    if (value === undefined) throw this.#json.fault(`a number is expected, or one of ${prefix}…`)
    return value
  }

  doubles(to: number[]): void {
    to.push(this.double())
  }

  fixed64s(to: number[]): void {
    to.push(this.fixed64())
  }

  uint64s(to: number[]): void {
    to.push(this.fixed64())
  }

  time(): number {
    const expected = 'nanoseconds since 1970 are expected, as number or text'
    const { from, to } = this.#json.plain(isDigit, expected)
    if (to === from || to - from > 20) throw this.#json.fault(expected)
    return from
  }

  millis(time: number): number {
    return this.#timeAt(time).ms
  }

  millisBetween(from: number, to: number): number {
    const [a, b] = [this.#timeAt(from), this.#timeAt(to)]
    return b.ms - a.ms + (b.nanos - a.nanos) / 1e6
  }

  /** Whole milliseconds, and the nanoseconds that are left: each has few enough digits to be exact. */
  #timeAt(time: number): { readonly ms: number; readonly nanos: number } {
    const digits = /^\d+/.exec(this.#json.body.toString('latin1', time, time + 20))?.[0] ?? '0'
    return { ms: Number(digits.slice(0, -6)), nanos: Number(digits.slice(-6)) }
  }

  id(bytes: number): number {
    const expected = `${bytes * 2} hexadecimal digits are expected (not base64)`
    if (!this.#json.isText()) throw this.#json.fault(expected)
    const { from, to } = this.#json.plain(isHexDigit, expected)
    if (to === from) return -1
    if (to - from !== bytes * 2) throw this.#json.fault(expected)
    return from
  }

  hex(id: number, bytes: number): string {
    if (id < 0) return ''
    const hex = this.#json.body.toString('latin1', id, id + bytes * 2).toLowerCase()
    return /^0+$/.test(hex) ? '' : hex
  }

  /** An integer, as number or text; in JSON 1e3 is one. */
  #integer(): bigint {
    const text = this.#json.number()
    if (INTEGER.test(text)) return BigInt(text)
    const number = Number(text)
    if (text.trim() !== '' && Number.isInteger(number)) return BigInt(number)
    throw this.#json.fault('an integer is expected, as number or text')
  }
}

function isHexDigit(byte: number): boolean {
  return isDigit(byte) || (byte >= 0x61 && byte <= 0x66) || (byte >= 0x41 && byte <= 0x46)
}

/** Outside of every message. */
const CLOSED: Level = {
  fields: { numbers: new Map(), lists: new Set() },
  list: 0,
  fresh: false,
  closed: true,
}
