const ZERO = 48
const NINE = 57
const DASH = 45
const COLON = 58
const POINT = 46
const LARGE_T = 84
const LARGE_Z = 90
const DAY_MS = 86_400_000

/** As far as a time says the minute. */
const MINUTE_BYTES = 16

/** Reads times of which most are of the same minute as the one before. */
export class TimeReader {
  readonly #minute = new Uint32Array(MINUTE_BYTES / 4)
  #minuteMs = Number.NaN

  /** As `readTime`, of bytes that `view` is of. */
  read(bytes: Uint8Array, view: DataView, from: number, to: number): number {
    if (to - from >= MINUTE_BYTES + 4 && this.#isSameMinute(view, from)) {
      const second = bytes[from + 16] === COLON ? digits(bytes, from + 17, 2) : Number.NaN
      const length = to - from
      if (second <= 59 && length !== 21 && length <= 24 && bytes[to - 1] === LARGE_Z)
        return this.#minuteMs + second * 1000 + milliseconds(bytes, from + 19, to - 1)
      return Number.NaN
    }
    const time = readTime(bytes, from, to)
    if (Number.isNaN(time)) return time
    this.#minuteMs = Math.floor(time / 60_000) * 60_000
    for (let i = 0; i < this.#minute.length; i++) this.#minute[i] = view.getUint32(from + 4 * i, true)
    return time
  }

  #isSameMinute(view: DataView, from: number): boolean {
    for (let i = 0; i < this.#minute.length; i++)
      if (view.getUint32(from + 4 * i, true) !== this.#minute[i]) return false
    return !Number.isNaN(this.#minuteMs)
  }
}

/**
 * Milliseconds since 1970 of a time as `Date.toISOString` writes it, with up to three digits behind the point or none;
 * NaN for every other form, also where it is a time.
 */
export function readTime(bytes: Uint8Array, from: number, to: number): number {
  const length = to - from
  if (length < 20 || length === 21 || length > 24 || bytes[to - 1] !== LARGE_Z) return Number.NaN
  const year = digits(bytes, from, 4)
  const month = digits(bytes, from + 5, 2)
  const day = digits(bytes, from + 8, 2)
  const hour = digits(bytes, from + 11, 2)
  const minute = digits(bytes, from + 14, 2)
  const second = digits(bytes, from + 17, 2)
  const plain =
    bytes[from + 4] === DASH &&
    bytes[from + 7] === DASH &&
    bytes[from + 10] === LARGE_T &&
    bytes[from + 13] === COLON &&
    bytes[from + 16] === COLON
  // A digit that is none makes its number NaN, and so every comparison false.
  if (!plain || !(month >= 1 && month <= 12 && day >= 1 && day <= daysOf(year, month))) return Number.NaN
  if (!(hour <= 23 && minute <= 59 && second <= 59)) return Number.NaN
  const ms = milliseconds(bytes, from + 19, to - 1)
  return daysSinceEpoch(year, month, day) * DAY_MS + ((hour * 60 + minute) * 60 + second) * 1000 + ms
}

function milliseconds(bytes: Uint8Array, from: number, to: number): number {
  if (from === to) return 0
  if (bytes[from] !== POINT) return Number.NaN
  const count = to - from - 1
  return digits(bytes, from + 1, count) * (count === 1 ? 100 : count === 2 ? 10 : 1)
}

function digits(bytes: Uint8Array, from: number, count: number): number {
  let value = 0
  for (let i = from; i < from + count; i++) {
    const byte = bytes[i] ?? 0
    if (byte < ZERO || byte > NINE) return Number.NaN
    value = value * 10 + (byte - ZERO)
  }
  return value
}

function daysOf(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

/** Days from 1970-01-01 in the proleptic Gregorian calendar. Source: H. Hinnant, days_from_civil. */
function daysSinceEpoch(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yearOfEra = y - era * 400
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1
  return (
    era * 146_097 +
    yearOfEra * 365 +
    Math.floor(yearOfEra / 4) -
    Math.floor(yearOfEra / 100) +
    dayOfYear -
    719_468
  )
}
