import {
  type BatchMetric,
  CONTRACT_VERSION,
  type Labels,
  type MetricBatch,
  type SampleValue,
} from '@tocsin/contract'

/** One message for `<prefix>.metrics.<source>`. */
export interface BatchMessage {
  /** The same for the same request, so that what a client sends again counts once. */
  readonly id: string
  readonly json: string
}

/** Takes what belongs to one series. Times in milliseconds since the epoch. */
export interface SeriesWriter {
  sample(value: number | 'stale', timeMs: number): void
  /** `counts` are cumulative over the buckets, +Inf last. */
  histogram(counts: readonly number[], sum: number, timeMs: number): void
  /** When the series' counter or histogram began at zero. */
  created(timeMs: number): void
  /** Its labels are checked by the contract: 128 characters together. */
  exemplar(labels: Labels, value: number, timeMs: number): void
}

/** Writes the batches of one request, each of a size that NATS takes. */
export interface BatchWriter {
  /** Begins a series; what belongs to it is written before the next one begins. */
  series(metric: BatchMetric, labels: Labels): SeriesWriter
  /** Says what a metric is whose series come as its parts. */
  metadata(metadata: Omit<BatchMetric, 'buckets' | 'temporality'>): void
  finish(): readonly BatchMessage[]
}

/** Far below what a NATS server takes by default, 1 MiB. In characters of JSON. */
const MAX_LENGTH = 256 * 1024

/** `id` identifies the request among all that its source sends; every message carries it with a number. */
export function createBatchWriter(of: {
  readonly id: string
  readonly source: string
  readonly timeMs: number
  readonly maxLength?: number | undefined
  /** Told of the length of every message as it is made; what it throws ends the writing. */
  readonly onMessage?: ((length: number) => void) | undefined
}): BatchWriter {
  const { id, source, maxLength = MAX_LENGTH } = of
  const time = new Date(of.timeMs).toISOString()
  const messages: BatchMessage[] = []
  let draft = openDraft()

  function seal(): void {
    const { length, metrics, series, samples, created, exemplars, metadata } = draft
    if (length === 0) return
    const batch: MetricBatch = {
      v: CONTRACT_VERSION,
      id: `${id}-${messages.length}`,
      time,
      source,
      ...(metadata.length > 0 ? { metadata } : {}),
      metrics,
      series,
      ...(created.length > 0 ? { created } : {}),
      ...(exemplars.length > 0 ? { exemplars } : {}),
      // Last, where readers look for them.
      samples,
    }
    const json = JSON.stringify(batch)
    of.onMessage?.(json.length)
    messages.push({ id: batch.id, json })
    draft = openDraft()
  }

  function makeRoom(): void {
    if (draft.length >= maxLength) seal()
  }

  return {
    series(metric, labels) {
      makeRoom()
      const into = draft
      const at = into.series.length
      into.series.push([indexOf(into, metric), { ...labels }])
      into.length += lengthOf(labels) + 16
      return {
        sample(value, timeMs) {
          into.samples.push([at, inJson(value), Math.round(timeMs)])
          into.length += 32
        },
        histogram(counts, sum, timeMs) {
          into.samples.push([at, [...counts], Number.isFinite(sum) ? sum : 0, Math.round(timeMs)])
          into.length += 40 + 8 * counts.length
        },
        created(timeMs) {
          into.created.push([at, Math.round(timeMs)])
          into.length += 24
        },
        exemplar(labelsOf, value, timeMs) {
          into.exemplars.push([at, { ...labelsOf }, value, Math.round(timeMs)])
          into.length += 32 + lengthOf(labelsOf)
        },
      }
    },
    metadata(said) {
      makeRoom()
      draft.metadata.push(said)
      draft.length += JSON.stringify(said).length
    },
    finish() {
      seal()
      return messages
    },
  }
}

type Draft = ReturnType<typeof openDraft>

function openDraft() {
  return {
    length: 0,
    places: new Map<BatchMetric, number>(),
    metadata: [] as NonNullable<MetricBatch['metadata']>,
    metrics: [] as BatchMetric[],
    series: [] as MetricBatch['series'],
    created: [] as NonNullable<MetricBatch['created']>,
    exemplars: [] as NonNullable<MetricBatch['exemplars']>,
    samples: [] as MetricBatch['samples'],
  }
}

/** The metric's place in the draft. The same object is the same metric: callers keep theirs for the request. */
function indexOf(draft: Draft, metric: BatchMetric): number {
  const known = draft.places.get(metric)
  if (known !== undefined) return known
  const place = draft.metrics.length
  draft.places.set(metric, place)
  draft.metrics.push(metric)
  draft.length += JSON.stringify(metric).length
  return place
}

function lengthOf(labels: Labels): number {
  let length = 0
  for (const name in labels) length += name.length + (labels[name]?.length ?? 0) + 6
  return length
}

/** The contract's words where JSON has no number. */
function inJson(value: number | 'stale'): SampleValue {
  if (value === 'stale' || Number.isFinite(value)) return value
  if (Number.isNaN(value)) return 'NaN'
  return value > 0 ? '+Inf' : '-Inf'
}
