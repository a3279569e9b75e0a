import { OtlpError } from '../otlp-error.ts'
import { readText } from './text-cache.ts'

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const COLON = 0x3a
const OPEN_LIST = 0x5b
const CLOSE_LIST = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d
const MINUS = 0x2d
const ZERO = 0x30

/** All numbers of so many digits are exact. */
const MOST_EXACT_DIGITS = 15

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/
const ESCAPE = /^(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/
/** How deeply what is passed over may be nested. */
const MAX_NESTING = 100

/**
 * Moves through JSON, byte by byte, without making anything of what nobody asks for: a body that is built to cost much
 * costs no more than its length.
 */
export class JsonCursor {
  at: number
  /** The key that was read last, for messages. */
  key = 'the body'
  readonly body: Buffer
  #escaped = false

  constructor(body: Buffer, at = 0) {
    this.body = body
    this.at = at
  }

  /** The next byte that is not white space; -1 at the end. */
  peek(): number {
    for (; this.at < this.body.length; this.at++) {
      const byte = this.body[this.at] ?? 0
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return byte
    }
    return -1
  }

  isObject(): boolean {
    return this.peek() === OPEN_OBJECT
  }

  isList(): boolean {
    return this.peek() === OPEN_LIST
  }

  isText(): boolean {
    return this.peek() === QUOTE
  }

  openObject(): void {
    if (this.peek() !== OPEN_OBJECT) throw this.fault('an object is expected')
    this.at++
  }

  openList(): void {
    if (this.peek() !== OPEN_LIST) throw this.fault('a list is expected')
    this.at++
  }

  /** Goes to the next member of an object; false past its end. `key` is the member's then. */
  member(first: boolean): boolean {
    if (this.#ends(CLOSE_OBJECT, first)) return false
    this.key = this.text()
    if (this.peek() !== COLON) throw this.fault("a ':' is expected")
    this.at++
    return true
  }

  /** Goes to the next item of a list; false past its end. */
  item(first: boolean): boolean {
    return !this.#ends(CLOSE_LIST, first)
  }

  #ends(close: number, first: boolean): boolean {
    const byte = this.peek()
    if (byte === close) {
      this.at++
      return true
    }
    if (first) return false
    if (byte !== COMMA) throw this.fault("a ',' is expected")
    this.at++
    return false
  }

  /** Passes over null, if that is what stands here. */
  takeNull(): boolean {
    return this.peek() === 0x6e && this.#word('null')
  }

  bool(): boolean {
    const byte = this.peek()
    if (byte === 0x74) return this.#word('true')
    if (byte === 0x66) return !this.#word('false')
    throw this.fault('true or false is expected')
  }

  text(): string {
    if (this.peek() !== QUOTE) throw this.fault('a text is expected')
    const from = this.at
    const end = this.#endOfText()
    this.at = end + 1
    if (this.#escaped) return JSON.parse(this.body.toString('utf8', from, end + 1))
    return readText(this.body, from + 1, end - from - 1)
  }

  /** The digits of a number, or the text that stands for one. */
  number(): string {
    if (this.isText()) return this.text()
    const from = this.at
    while (isNumeric(this.body[this.at] ?? 0)) this.at++
    const number = this.body.toString('latin1', from, this.at)
    if (!NUMBER.test(number)) throw this.fault('a number is expected')
    return number
  }

  /** A whole number of few digits, as number or text; undefined, and nothing is read, where something else stands. */
  fewDigits(): number | undefined {
    const { body } = this
    const quoted = this.peek() === QUOTE
    let at = quoted ? this.at + 1 : this.at
    const negative = body[at] === MINUS
    if (negative) at++
    const from = at
    let value = 0
    for (; isDigit(body[at] ?? 0); at++) value = value * 10 + (body[at] ?? 0) - ZERO
    const digits = at - from
    if (digits === 0 || digits > MOST_EXACT_DIGITS || (body[from] === ZERO && digits > 1)) return undefined
    if (quoted ? body[at] !== QUOTE : isNumeric(body[at] ?? 0)) return undefined
    this.at = quoted ? at + 1 : at
    return negative && value > 0 ? -value : value
  }

  /** Where the text or number that stands here begins, when it is `accepted` bytes and nothing else. */
  plain(
    accepted: (byte: number) => boolean,
    expected: string,
  ): { readonly from: number; readonly to: number } {
    const quoted = this.peek() === QUOTE
    const from = quoted ? this.at + 1 : this.at
    let to = from
    while (accepted(this.body[to] ?? 0)) to++
    if (quoted && this.body[to] !== QUOTE) throw this.fault(expected)
    this.at = quoted ? to + 1 : to
    return { from, to }
  }

  /** Passes over a value of any kind. */
  skip(depth = 0): void {
    if (depth > MAX_NESTING)
      throw new OtlpError('too_deep', `the body is nested more than ${MAX_NESTING} levels deep`)
    const byte = this.peek()
    if (byte === QUOTE) this.at = this.#endOfText() + 1
    else if (byte === OPEN_OBJECT) {
      this.at++
      for (let first = true; this.member(first); first = false) this.skip(depth + 1)
    } else if (byte === OPEN_LIST) {
      this.at++
      for (let first = true; this.item(first); first = false) this.skip(depth + 1)
    } else if (byte === 0x74 || byte === 0x66) this.bool()
    else if (!this.takeNull()) this.number()
  }

  finish(): void {
    if (this.peek() !== -1) throw this.fault('nothing more is expected')
  }

  fault(what: string): OtlpError {
    const place = this.at >= this.body.length ? 'the body ends' : `at byte ${this.at}`
    return new OtlpError('invalid_json', `no OTLP message in JSON: ${place} (${this.key}), where ${what}`)
  }

  /** Of the text that begins here: where it ends, and whether it has escapes. */
  #endOfText(): number {
    const { body } = this
    this.#escaped = false
    for (let i = this.at + 1; i < body.length; i++) {
      const byte = body[i] ?? 0
      if (byte === QUOTE) return i
      if (byte < 0x20) throw this.fault('a text holds a control character')
      if (byte !== BACKSLASH) continue
      this.#escaped = true
      if (!ESCAPE.test(body.toString('latin1', i + 1, i + 6))) throw this.fault('a text holds a wrong escape')
      i++
    }
    throw this.fault('a text has no end')
  }

  #word(word: string): true {
    if (this.body.toString('latin1', this.at, this.at + word.length) !== word)
      throw this.fault('a value is expected')
    this.at += word.length
    return true
  }
}

export function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39
}

/** Digits, sign, point, exponent. */
function isNumeric(byte: number): boolean {
  return isDigit(byte) || byte === 0x2d || byte === 0x2b || byte === 0x2e || byte === 0x65 || byte === 0x45
}
