import { type BatchMetric, type MetricBatch, parseMetricMessage } from '@tocsin/contract'

type Value = number | string | readonly number[]

/** What a reader made of one sample. */
export interface ReadSample {
  readonly metric: BatchMetric
  readonly labels: Readonly<Record<string, string>>
  /** A level, `stale`, or bucket counts with the sum behind them. */
  readonly value: Value
  readonly time: number
}

export interface ModelReader {
  /** Reads a message; throws on what the contract refuses and on places that nothing described. */
  read(json: string): ReadSample[]
  /** The last value of every series that has not ended, by `name{labels}` without `service` and `instance`. */
  readonly last: Map<string, Value>
  /** When series began, by the same names. */
  readonly created: Map<string, number>
  /** Exemplars as `name{labels} value trace_id`. */
  readonly exemplars: string[]
  readonly batches: MetricBatch[]
}

interface Edition {
  readonly number: number
  readonly metrics: BatchMetric[]
  readonly places: Place[]
}

interface Place {
  readonly metric: BatchMetric
  readonly labels: Readonly<Record<string, string>>
}

/** Reads batches as docs/adr/0010 says, as plainly as can be: what the publisher means is held against it. */
export function createModelReader(): ModelReader {
  const editions = new Map<string, Edition>()
  const last = new Map<string, Value>()
  const created = new Map<string, number>()
  const exemplars: string[] = []
  const batches: MetricBatch[] = []

  function open({ dictionary, metrics, series }: MetricBatch): Edition {
    if (!dictionary) throw new Error('a batch without a dictionary')
    let edition = editions.get(dictionary.publisher)
    if (edition?.number !== dictionary.edition) {
      edition = { number: dictionary.edition, metrics: [], places: [] }
      editions.set(dictionary.publisher, edition)
    }
    if (dictionary.metrics > edition.metrics.length || dictionary.series > edition.places.length)
      throw new Error('an earlier message of the edition is missing')
    for (const [i, metric] of metrics.entries()) edition.metrics[dictionary.metrics + i] = metric
    for (const [i, [metric, labels]] of series.entries()) {
      const described = edition.metrics[metric]
      if (!described) throw new Error(`series ${i} refers to metric ${metric}, which nothing described`)
      edition.places[dictionary.series + i] = { metric: described, labels }
    }
    return edition
  }

  function placeOf({ places }: Edition, number: number): Place {
    const place = places[number]
    if (!place) throw new Error(`place ${number} was never described`)
    return place
  }

  function readSample(
    edition: Edition,
    time: number,
    [number, first, ...rest]: MetricBatch['samples'][number],
  ): ReadSample {
    const { metric, labels } = placeOf(edition, number)
    if (Array.isArray(first) && first.length !== (metric.buckets?.length ?? -1) + 1)
      throw new Error(`${metric.name} has another number of buckets`)
    const value = Array.isArray(first) ? [...first, Number(rest[0])] : first
    return { metric, labels, value, time }
  }

  return {
    last,
    created,
    exemplars,
    batches,
    read(json) {
      const { batch, faults } = parseMetricMessage(JSON.parse(json))
      if (!batch) throw new Error(`not a batch: ${faults[0]?.detail}`)
      batches.push(batch)
      const edition = open(batch)
      const time = Date.parse(batch.time)
      for (const [place, at] of batch.created ?? []) {
        if (at >= time) throw new Error('a series begins before it has a value')
        created.set(keyOf(placeOf(edition, place)), at)
      }
      for (const [place, labels, value] of batch.exemplars ?? [])
        exemplars.push(`${keyOf(placeOf(edition, place))} ${value} ${labels['trace_id']}`)
      const read = batch.samples.map((sample) => readSample(edition, time, sample))
      for (const sample of read)
        if (sample.value === 'stale') last.delete(keyOf(sample))
        else last.set(keyOf(sample), sample.value)
      return read
    },
  }
}

/** `name{labels}`, without the labels that every series has. */
export function keyOf({ metric, labels }: Pick<ReadSample, 'metric' | 'labels'>): string {
  const { service: _, instance: __, ...own } = labels
  const text = Object.entries(own).map(([name, value]) => `${name}="${value}"`)
  return `${metric.name}${text.length > 0 ? `{${text.join(',')}}` : ''}`
}
