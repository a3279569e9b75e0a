import type { HistogramEntry, RawLabels } from '../publish/prom-client.ts'

/** A histogram's record that counts by place, not by the text of a bound; prom-client reads it as one of its own. */
export class BucketCounts implements HistogramEntry {
  readonly labels: RawLabels
  readonly bounds: readonly number[]
  /** Observations for each bound, not added up. */
  readonly counts: number[]
  sum = 0
  count = 0
  #printed: Readonly<Record<string, number>> = {}
  #printedAt = -1

  constructor(labels: RawLabels, bounds: readonly number[]) {
    this.labels = labels
    this.bounds = bounds
    this.counts = bounds.map(() => 0)
  }

  /** Counts a value, and returns the place of its bucket; that of +Inf comes last. */
  observe(value: number): number {
    const { bounds, counts } = this
    let place = 0
    while (place < bounds.length && value > (bounds[place] as number)) place++
    if (place < bounds.length) (counts[place] as number)++
    this.sum += value
    this.count++
    return place
  }

  /** Takes what others counted: observations for each bound, then those above. */
  set(counts: readonly number[], count: number, sum: number): void {
    for (let i = 0; i < this.counts.length; i++) this.counts[i] = counts[i] ?? 0
    this.count = count
    this.sum = sum
  }

  /** Counts by the text of their bounds. */
  get bucketValues(): Readonly<Record<string, number>> {
    if (this.#printedAt !== this.count) {
      this.#printed = Object.fromEntries(this.bounds.map((bound, i) => [bound, this.counts[i] ?? 0]))
      this.#printedAt = this.count
    }
    return this.#printed
  }
}
