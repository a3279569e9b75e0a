import type { BatchDraft } from '../intake/batch-draft.ts'
import type { LaneWork } from '../intake/dictionary-lane.ts'
import type { LaneMetadata, LaneSeries } from '../intake/lane-series.ts'
import { createRefusals } from './refusals.ts'
import type { KnownSeries } from './series-book.ts'
import { describeTime, type TimeWindow } from './time-window.ts'

const FIRST_ROOM = 1024
const LEVEL = 0
const STALE = 1

export interface ReceivedHistogram {
  readonly series: LaneSeries
  /** Undefined when the series ends. */
  readonly counts: readonly number[] | undefined
  readonly sum: number
  /** Where a sum goes that is not finite, for which the contract's histograms have no word. */
  readonly oddSum: LaneSeries | undefined
  readonly timeMs: number
  readonly createdMs: number
}

interface ReceivedExemplar {
  readonly series: LaneSeries
  readonly labels: string
  readonly value: number
  readonly timeMs: number
}

/** What is taken of one request, and what is refused of it. Samples are in columns: there are many. */
export class Received implements LaneWork {
  readonly refusals = createRefusals()
  readonly window: TimeWindow
  samples = 0
  readonly histograms: ReceivedHistogram[] = []
  readonly exemplars: ReceivedExemplar[] = []
  readonly metadata: LaneMetadata[] = []
  #series: KnownSeries[] = []
  #values = new Float64Array(FIRST_ROOM)
  #times = new Float64Array(FIRST_ROOM)
  #created = new Float64Array(FIRST_ROOM)
  #kinds = new Uint8Array(FIRST_ROOM)
  // Of the series that is being read.
  #first = 0
  #tooOld = 0
  #tooNew = 0
  #oddTime = 0
  // How much is written.
  #nextMetadata = 0
  #nextSample = 0
  #nextHistogram = 0
  #nextExemplar = 0

  constructor(window: TimeWindow) {
    this.window = window
  }

  beginSeries(): void {
    this.#first = this.samples
    this.#tooOld = 0
    this.#tooNew = 0
  }

  /** Takes a sample of the series that is being read; `createdMs` 0 where it is not said. */
  sample(value: number, isStale: boolean, timeMs: number, createdMs: number): void {
    if (timeMs < this.window.leastMs || timeMs > this.window.mostMs) {
      if (timeMs < this.window.leastMs) this.#tooOld++
      else this.#tooNew++
      this.#oddTime = timeMs
      return
    }
    if (this.samples === this.#values.length) this.#grow()
    const i = this.samples++
    this.#values[i] = value
    this.#times[i] = timeMs
    this.#created[i] = createdMs
    this.#kinds[i] = isStale ? STALE : LEVEL
  }

  /** Says whose samples these were, and when they began where they do not say so themselves. */
  endSeries(series: KnownSeries, createdMs = 0): void {
    if (series.refusal) {
      const { reason, detail } = series.refusal
      this.refusals.add(reason, this.samples - this.#first + this.#tooOld + this.#tooNew, () => detail)
      this.samples = this.#first
      return
    }
    for (let i = this.#first; i < this.samples; i++) {
      this.#series[i] = series
      if (createdMs !== 0 && this.#created[i] === 0) this.#created[i] = createdMs
    }
    if (this.#tooOld + this.#tooNew === 0) return
    const detail = () => `${series.name}${series.labels}: ${describeTime(this.#oddTime, this.window)}`
    this.refusals.add('too_old', this.#tooOld, detail)
    this.refusals.add('too_far_in_future', this.#tooNew, detail)
  }

  write(draft: BatchDraft): boolean {
    for (; this.#nextMetadata < this.metadata.length; this.#nextMetadata++) {
      if (draft.isFull()) return false
      const said = this.metadata[this.#nextMetadata]
      if (said) draft.metadata(said)
    }
    return this.#writeSamples(draft) && this.#writeHistograms(draft) && this.#writeExemplars(draft)
  }

  #writeSamples(draft: BatchDraft): boolean {
    for (; this.#nextSample < this.samples; this.#nextSample++) {
      if (draft.isFull()) return false
      const i = this.#nextSample
      const series = this.#series[i]
      const timeMs = this.#times[i] ?? 0
      if (!series) continue
      if (this.#created[i] !== 0) this.#writeCreated(draft, series, this.#created[i] ?? 0, timeMs)
      if (this.#kinds[i] === STALE) draft.end(series, timeMs)
      else draft.sample(series, this.#values[i] ?? 0, timeMs)
    }
    return true
  }

  #writeHistograms(draft: BatchDraft): boolean {
    for (; this.#nextHistogram < this.histograms.length; this.#nextHistogram++) {
      if (draft.isFull()) return false
      const histogram = this.histograms[this.#nextHistogram]
      if (!histogram) continue
      const { series, counts, sum, oddSum, timeMs, createdMs } = histogram
      if (createdMs !== 0) this.#writeCreated(draft, series, createdMs, timeMs)
      if (counts) draft.histogram(series, counts, oddSum ? 0 : sum, timeMs)
      else draft.end(series, timeMs)
      if (oddSum) draft.sample(oddSum, sum, timeMs)
    }
    return true
  }

  #writeExemplars(draft: BatchDraft): boolean {
    for (; this.#nextExemplar < this.exemplars.length; this.#nextExemplar++) {
      if (draft.isFull()) return false
      const exemplar = this.exemplars[this.#nextExemplar]
      if (exemplar) draft.exemplar(exemplar.series, exemplar.labels, exemplar.value, exemplar.timeMs)
    }
    return true
  }

  /** What did not begin before its sample tells nothing. */
  #writeCreated(draft: BatchDraft, series: LaneSeries, createdMs: number, timeMs: number): void {
    if (createdMs > 0 && createdMs < timeMs) draft.created(series, createdMs)
  }

  #grow(): void {
    const room = this.#values.length * 2
    this.#values = copy(this.#values, new Float64Array(room))
    this.#times = copy(this.#times, new Float64Array(room))
    this.#created = copy(this.#created, new Float64Array(room))
    this.#kinds = copy(this.#kinds, new Uint8Array(room))
  }
}

function copy<Column extends Float64Array | Uint8Array>(from: Column, to: Column): Column {
  to.set(from)
  return to
}
