const FIRST_ROOM = 4096
const ZERO = 48
const MINUS = 45
const MOST_DIGITS = 17
const BILLION = 1e9

/** Writes JSON as bytes, which many numbers take a fifth of the time for that making one string of them takes. */
export class JsonBytes {
  length = 0
  #bytes = Buffer.allocUnsafe(FIRST_ROOM)

  clear(): void {
    this.length = 0
  }

  /** A view of what was written; valid until more is. */
  written(): Uint8Array {
    return this.#bytes.subarray(0, this.length)
  }

  /** JSON as it stands. */
  text(json: string): void {
    this.#makeRoom(json.length * 3)
    this.length += this.#bytes.write(json, this.length)
  }

  /** One character of ASCII. */
  byte(code: number): void {
    if (this.length === this.#bytes.length) this.#makeRoom(1)
    this.#bytes[this.length++] = code
  }

  /** A number as JavaScript writes it; finite. */
  number(value: number): void {
    const size = Math.abs(value)
    if (Number.isSafeInteger(value)) {
      if (value < 0) this.byte(MINUS)
      this.whole(size)
    } else this.#ascii(String(value))
  }

  /** A whole number from 0 to 2^53 - 1. */
  whole(value: number): void {
    if (this.length + MOST_DIGITS > this.#bytes.length) this.#makeRoom(MOST_DIGITS)
    if (value < BILLION) {
      this.length = this.#digits(value, digitCount(value))
      return
    }
    const high = Math.floor(value / BILLION)
    this.length = this.#digits(high, digitCount(high))
    this.length = this.#digits(value - high * BILLION, 9)
  }

  /** Writes that many digits of a number below a billion; gives the place behind them. */
  #digits(value: number, count: number): number {
    const bytes = this.#bytes
    const end = this.length + count
    let rest = value | 0
    for (let at = end - 1; at >= this.length; at--) {
      const tenth = (rest / 10) | 0
      bytes[at] = ZERO + rest - tenth * 10
      rest = tenth
    }
    return end
  }

  #ascii(text: string): void {
    if (this.length + text.length > this.#bytes.length) this.#makeRoom(text.length)
    const bytes = this.#bytes
    let at = this.length
    for (let i = 0; i < text.length; i++) bytes[at++] = text.charCodeAt(i)
    this.length = at
  }

  #makeRoom(more: number): void {
    if (this.length + more <= this.#bytes.length) return
    const grown = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.length + more))
    this.#bytes.copy(grown, 0, 0, this.length)
    this.#bytes = grown
  }
}

function digitCount(value: number): number {
  if (value < 10) return 1
  if (value < 100) return 2
  if (value < 1000) return 3
  if (value < 10_000) return 4
  if (value < 100_000) return 5
  if (value < 1_000_000) return 6
  if (value < 10_000_000) return 7
  return value < 100_000_000 ? 8 : 9
}
