import type { Exemplar } from '@tocsin/tsdb'
import { writeLabels } from './write-labels.ts'

const SPACE = 32
const NEWLINE = 10
const MINUS = 45
const ZERO = 48

/** How much is sent at once. Bytes. */
const BLOCK = 64 * 1024
/** What a line has beside its series at most, an exemplar aside. */
const LINE_TAIL = 64

/** Writes lines of an exposition into blocks of bytes: no text is made of what is the same at every scrape. */
export class LineWriter {
  /** Whether exemplars and creation times are written. */
  readonly openMetrics: boolean
  #block = Buffer.allocUnsafe(BLOCK)
  #used = 0
  #full: Uint8Array[] = []
  /** Written before the next line: a family without lines has no header. */
  #header = ''

  constructor(openMetrics: boolean) {
    this.openMetrics = openMetrics
  }

  /** Begins a family, whose header is written with its first line. */
  begin(header: string): void {
    this.#header = header
  }

  /** One series, whose text stands at `from` to `to`, with its value, and an exemplar perhaps. */
  line(text: Uint8Array, from: number, to: number, value: number, exemplar?: Exemplar): void {
    if (this.#header !== '') this.#writeHeader()
    this.#makeRoom(to - from + LINE_TAIL)
    this.#block.set(from === 0 && to === text.length ? text : text.subarray(from, to), this.#used)
    this.#used += to - from
    this.#block[this.#used++] = SPACE
    this.#number(value)
    if (exemplar && this.openMetrics) this.text(exemplarText(exemplar))
    this.#block[this.#used++] = NEWLINE
  }

  /** When a series was created: another name before its labels, which stand at `from` to `to`. */
  created(name: Uint8Array, labels: Uint8Array, from: number, to: number, createdMs: number): void {
    this.#makeRoom(name.length + to - from + LINE_TAIL)
    this.#block.set(name, this.#used)
    this.#block.set(labels.subarray(from, to), this.#used + name.length)
    this.#used += name.length + to - from
    this.#block[this.#used++] = SPACE
    this.#number(createdMs / 1000)
    this.#block[this.#used++] = NEWLINE
  }

  /** Text as it is. */
  text(text: string): void {
    const most = text.length * 3
    this.#makeRoom(most + LINE_TAIL)
    this.#used += this.#block.write(text, this.#used, 'utf8')
  }

  /** The blocks that are full. */
  take(): Uint8Array[] {
    const full = this.#full
    if (full.length > 0) this.#full = []
    return full
  }

  /** All that is left. */
  finish(): Uint8Array[] {
    if (this.#used > 0) this.#seal(BLOCK)
    return this.take()
  }

  #writeHeader(): void {
    const header = this.#header
    this.#header = ''
    this.text(header)
  }

  #makeRoom(length: number): void {
    if (this.#used + length > this.#block.length) this.#seal(Math.max(BLOCK, length))
  }

  #seal(next: number): void {
    if (this.#used > 0) this.#full.push(this.#block.subarray(0, this.#used))
    this.#block = Buffer.allocUnsafe(next)
    this.#used = 0
  }

  #number(value: number): void {
    if (Number.isSafeInteger(value) && !Object.is(value, -0)) this.#integer(value)
    else this.#used += this.#block.write(numberText(value), this.#used, 'latin1')
  }

  #integer(value: number): void {
    const block = this.#block
    let rest = value
    if (value < 0) {
      block[this.#used++] = MINUS
      rest = -value
    }
    let end = this.#used + 1
    for (let tens = 10; tens <= rest; tens *= 10) end++
    this.#used = end
    // Beyond 2^31 the division is of doubles, and exact as far as integers are.
    do {
      const tenth = Math.floor(rest / 10)
      block[--end] = ZERO + (rest - tenth * 10)
      rest = tenth
    } while (rest > 0)
  }
}

/** A sample's value as both exposition formats read it. */
export function numberText(value: number): string {
  if (value === Infinity) return '+Inf'
  if (value === -Infinity) return '-Inf'
  return Object.is(value, -0) ? '-0' : String(value)
}

function exemplarText({ labels, value, timeMs }: Exemplar): string {
  return ` # {${writeLabels(labels)}} ${numberText(value)} ${timeMs / 1000}`
}
