import { CONTRACT_VERSION } from '@tocsin/contract'
import { JsonBytes } from './json-bytes.ts'
import type { Edition, LaneMetadata, LaneSeries } from './lane-series.ts'

const COMMA = 44
const OPEN = 91
const CLOSE = 93

/** One message in the making. Times in milliseconds since 1970. */
export class BatchDraft {
  edition: Edition
  readonly #maxLength: number
  readonly #metadata = new JsonBytes()
  readonly #metrics = new JsonBytes()
  readonly #series = new JsonBytes()
  readonly #created = new JsonBytes()
  readonly #exemplars = new JsonBytes()
  readonly #samples = new JsonBytes()
  #firstMetric = 0
  #firstSeries = 0

  constructor(edition: Edition, maxLength: number) {
    this.edition = edition
    this.#maxLength = maxLength
  }

  /** Begins the next message. */
  begin(edition: Edition): void {
    this.edition = edition
    this.#firstMetric = edition.metrics
    this.#firstSeries = edition.series
    for (const part of this.#parts()) part.clear()
  }

  isFull(): boolean {
    return this.#described() + this.#samples.length >= this.#maxLength
  }

  sample(series: LaneSeries, value: number, timeMs: number): void {
    this.#refer(this.#samples, series)
    if (Number.isFinite(value)) this.#samples.number(value)
    else this.#samples.text(wordFor(value))
    this.#closeAt(this.#samples, timeMs)
  }

  /** Ends a series; of a histogram all its parts. */
  end(series: LaneSeries, timeMs: number): void {
    this.#refer(this.#samples, series)
    this.#samples.text('"stale"')
    this.#closeAt(this.#samples, timeMs)
  }

  /** `counts` are cumulative over the bounds of the series' metric, +Inf last; all numbers finite. */
  histogram(series: LaneSeries, counts: readonly number[], sum: number, timeMs: number): void {
    const samples = this.#samples
    this.#refer(samples, series)
    samples.byte(OPEN)
    for (let i = 0; i < counts.length; i++) {
      if (i > 0) samples.byte(COMMA)
      samples.number(counts[i] ?? 0)
    }
    samples.byte(CLOSE)
    samples.byte(COMMA)
    samples.number(sum)
    this.#closeAt(samples, timeMs)
  }

  /** When the series' counter or histogram began at zero; said once an edition. */
  created(series: LaneSeries, createdMs: number): void {
    if (series.createdIn === this.edition && series.createdMs === createdMs) return
    series.createdIn = this.edition
    series.createdMs = createdMs
    this.#refer(this.#created, series)
    this.#created.whole(createdMs)
    this.#created.byte(CLOSE)
  }

  /** `labels` as a JSON object, within what the contract allows; the value finite. */
  exemplar(series: LaneSeries, labels: string, value: number, timeMs: number): void {
    this.#refer(this.#exemplars, series)
    this.#exemplars.text(labels)
    this.#exemplars.byte(COMMA)
    this.#exemplars.number(value)
    this.#closeAt(this.#exemplars, timeMs)
  }

  /** Said once an edition. */
  metadata(metadata: LaneMetadata): void {
    if (metadata.edition === this.edition) return
    metadata.edition = this.edition
    if (this.#metadata.length > 0) this.#metadata.byte(COMMA)
    this.#metadata.text(metadata.json)
  }

  /** The whole message; undefined when there is nothing to say. */
  finish(of: { publisher: string; source: string; id: string; timeMs: number }): Buffer | undefined {
    const described = this.#described()
    if (described + this.#samples.length === 0) return undefined
    this.edition.described += described
    this.edition.sampled += this.#samples.length
    const { number } = this.edition
    const envelope = {
      v: CONTRACT_VERSION,
      id: of.id,
      time: new Date(of.timeMs).toISOString(),
      source: of.source,
      dictionary: {
        publisher: of.publisher,
        edition: number,
        metrics: this.#firstMetric,
        series: this.#firstSeries,
      },
    }
    return Buffer.concat([
      Buffer.from(JSON.stringify(envelope).slice(0, -1)),
      ...optional('metadata', this.#metadata),
      ...field('metrics', this.#metrics),
      ...field('series', this.#series),
      ...optional('created', this.#created),
      ...optional('exemplars', this.#exemplars),
      // Last, where readers look for them.
      ...field('samples', this.#samples),
      Buffer.from('}'),
    ])
  }

  #parts(): readonly JsonBytes[] {
    return [this.#metadata, this.#metrics, this.#series, this.#created, this.#exemplars, this.#samples]
  }

  #described(): number {
    const { length } = this.#series
    return (
      length + this.#metrics.length + this.#metadata.length + this.#created.length + this.#exemplars.length
    )
  }

  /** Begins an entry with the number of its series, which is described now if it was not before. */
  #refer(to: JsonBytes, series: LaneSeries): void {
    if (series.edition !== this.edition) this.#describe(series)
    if (to.length > 0) to.byte(COMMA)
    to.byte(OPEN)
    to.whole(series.number)
    to.byte(COMMA)
  }

  #closeAt(to: JsonBytes, timeMs: number): void {
    to.byte(COMMA)
    to.whole(timeMs)
    to.byte(CLOSE)
  }

  #describe(series: LaneSeries): void {
    const { metric } = series
    if (metric.edition !== this.edition) {
      metric.edition = this.edition
      metric.number = this.edition.metrics++
      if (this.#metrics.length > 0) this.#metrics.byte(COMMA)
      this.#metrics.text(metric.json)
      if (metric.metadata) this.metadata(metric.metadata)
    }
    series.edition = this.edition
    series.number = this.edition.series++
    if (this.#series.length > 0) this.#series.byte(COMMA)
    this.#series.byte(OPEN)
    this.#series.whole(metric.number)
    this.#series.byte(COMMA)
    this.#series.text(series.labels)
    this.#series.byte(CLOSE)
  }
}

/** The contract's words where JSON has no number. */
function wordFor(value: number): string {
  if (Number.isNaN(value)) return '"NaN"'
  return value > 0 ? '"+Inf"' : '"-Inf"'
}

function field(name: string, content: JsonBytes): readonly Uint8Array[] {
  return [Buffer.from(`,"${name}":[`), content.written(), Buffer.from(']')]
}

function optional(name: string, content: JsonBytes): readonly Uint8Array[] {
  return content.length > 0 ? field(name, content) : []
}
