const ZERO = 48
const NINE = 57
const MINUS = 45
const PLUS = 43
const POINT = 46
const SMALL_E = 101
const LARGE_E = 69

/** Whole numbers up to here, and tens up to this power, are exact: so is their quotient rounded once. */
const MOST_DIGITS = 15
const POWERS: readonly number[] = Array.from({ length: 23 }, (_, i) => 10 ** i)

const ascii = new TextDecoder('latin1')

/** Reads JSON numbers from bytes. One for each thread of work: it says where the last one ended. */
export class NumberScanner {
  /** Behind the last number; what was read was no number when it did not move. */
  end = 0

  /** The JSON number that begins at `from`; NaN when there is none, or none that a double holds. */
  scan(bytes: Uint8Array, from: number): number {
    let i = from
    let byte = bytes[i] ?? 0
    const negative = byte === MINUS
    if (negative) byte = bytes[++i] ?? 0
    const digitsFrom = i
    let mantissa = 0
    while (byte >= ZERO && byte <= NINE) {
      mantissa = mantissa * 10 + (byte - ZERO)
      byte = bytes[++i] ?? 0
    }
    const wholes = i - digitsFrom
    if (wholes === 0 || (wholes > 1 && bytes[digitsFrom] === ZERO)) return this.#none(from)
    if (byte !== POINT && byte !== SMALL_E && byte !== LARGE_E) {
      this.end = i
      return wholes <= MOST_DIGITS ? (negative ? -mantissa : mantissa) : this.#whole(bytes, from)
    }
    let fractions = 0
    if (byte === POINT) {
      const pointAt = i
      byte = bytes[++i] ?? 0
      while (byte >= ZERO && byte <= NINE) {
        mantissa = mantissa * 10 + (byte - ZERO)
        byte = bytes[++i] ?? 0
      }
      fractions = i - pointAt - 1
      if (fractions === 0) return this.#none(from)
    }
    if (byte === SMALL_E || byte === LARGE_E) {
      byte = bytes[++i] ?? 0
      if (byte === PLUS || byte === MINUS) byte = bytes[++i] ?? 0
      const exponentFrom = i
      while (byte >= ZERO && byte <= NINE) byte = bytes[++i] ?? 0
      if (i === exponentFrom) return this.#none(from)
      this.end = i
      return this.#whole(bytes, from)
    }
    this.end = i
    if (wholes + fractions > MOST_DIGITS) return this.#whole(bytes, from)
    const value = mantissa / (POWERS[fractions] ?? 1)
    return negative ? -value : value
  }

  #none(from: number): number {
    this.end = from
    return Number.NaN
  }

  /** The slow way, correctly rounded, of what is known to be a number in its form. */
  #whole(bytes: Uint8Array, from: number): number {
    const value = Number(ascii.decode(bytes.subarray(from, this.end)))
    return Number.isFinite(value) ? value : this.#none(from)
  }
}
