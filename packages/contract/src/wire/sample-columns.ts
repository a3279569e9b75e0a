import type { MetricBatch, SampleValue } from '../metric-event.ts'

/** Instead of a number of counts: the sample ends its series. */
export const ENDS_SERIES = 0xffff_ffff

/** A place that no batch has: its sample refers to nothing. */
const NOWHERE = 0xffff_ffff
const FIRST_ROOM = 1024

/**
 * The samples of a batch in columns, so that reading and writing many of them makes no objects. Valid until the next
 * message is read; columns are replaced when they grow, so read them from here each time.
 */
export class SampleColumns {
  count = 0
  /** What each sample says of: an index into the batch's series, or into its dictionary's. */
  places = new Uint32Array(FIRST_ROOM)
  /** Milliseconds since 1970; NaN where the batch's own time holds. */
  times = new Float64Array(FIRST_ROOM)
  /** How many bucket counts it has: 0 for a level, {@link ENDS_SERIES} for the end of a series. */
  sizes = new Uint32Array(FIRST_ROOM)
  /** Where its numbers begin: the level, or the bucket counts with the sum behind them. */
  starts = new Uint32Array(FIRST_ROOM)
  numbers = new Float64Array(FIRST_ROOM)
  numberCount = 0

  clear(): void {
    this.count = 0
    this.numberCount = 0
  }

  growSamples(): void {
    const room = this.places.length * 2
    this.places = copy(this.places, new Uint32Array(room))
    this.times = copy(this.times, new Float64Array(room))
    this.sizes = copy(this.sizes, new Uint32Array(room))
    this.starts = copy(this.starts, new Uint32Array(room))
  }

  growNumbers(): void {
    this.numbers = copy(this.numbers, new Float64Array(this.numbers.length * 2))
  }

  add(sample: MetricBatch['samples'][number]): void {
    if (this.count === this.places.length) this.growSamples()
    const i = this.count++
    const [place, level] = sample
    this.places[i] = Math.min(place, NOWHERE)
    this.starts[i] = this.numberCount
    const time = Array.isArray(level) ? sample[3] : sample[2]
    this.times[i] = time ?? Number.NaN
    this.sizes[i] = level === 'stale' ? ENDS_SERIES : Array.isArray(level) ? level.length : 0
    if (Array.isArray(level)) {
      for (const count of level) this.#push(count)
      this.#push(sample[2] as number)
    } else this.#push(numberOf(level))
  }

  /** The sample as the contract has it. */
  at(i: number): MetricBatch['samples'][number] {
    const place = this.places[i] ?? 0
    const start = this.starts[i] ?? 0
    const size = this.sizes[i] ?? 0
    const time = this.times[i] ?? Number.NaN
    const when: [] | [number] = Number.isNaN(time) ? [] : [time]
    if (size === ENDS_SERIES) return [place, 'stale', ...when]
    if (size === 0) return [place, levelOf(this.numbers[start] ?? 0), ...when]
    return [place, [...this.numbers.subarray(start, start + size)], this.numbers[start + size] ?? 0, ...when]
  }

  #push(value: number): void {
    if (this.numberCount === this.numbers.length) this.growNumbers()
    this.numbers[this.numberCount++] = value
  }
}

function copy<Column extends Uint32Array | Float64Array>(from: Column, to: Column): Column {
  to.set(from)
  return to
}

function numberOf(level: SampleValue): number {
  if (typeof level === 'number') return level
  if (level === '+Inf') return Number.POSITIVE_INFINITY
  return level === '-Inf' ? Number.NEGATIVE_INFINITY : Number.NaN
}

function levelOf(value: number): SampleValue {
  if (Number.isFinite(value)) return value
  if (Number.isNaN(value)) return 'NaN'
  return value > 0 ? '+Inf' : '-Inf'
}
