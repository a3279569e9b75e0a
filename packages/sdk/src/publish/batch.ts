import { CONTRACT_VERSION } from '@tocsin/contract'

/** A JSON number, or the text that the contract has where JSON has none. */
export function numberText(value: number): string {
  if (Number.isFinite(value)) return String(value)
  if (Number.isNaN(value)) return '"NaN"'
  return value > 0 ? '"+Inf"' : '"-Inf"'
}

export interface BatchHead {
  readonly id: string
  readonly time: number
  readonly source: string
}

/**
 * Builds the JSON of one batch as text. Metrics and series are described where they first occur; their
 * descriptions come as ready JSON, since they are the same in every batch.
 */
export function createBatch() {
  const metrics = new Map<string, number>()
  const series: string[] = []
  const samples: string[] = []
  let size = 0

  return {
    get size() {
      return size
    },
    get empty() {
      return samples.length === 0
    },
    /** Adds a series and returns its index. */
    series(metricJson: string, labelsJson: string): number {
      let metric = metrics.get(metricJson)
      if (metric === undefined) {
        metric = metrics.size
        metrics.set(metricJson, metric)
        size += metricJson.length
      }
      const text = `[${metric},${labelsJson}]`
      size += text.length
      return series.push(text) - 1
    },
    /** `value` is JSON: a level, or bucket counts and a sum. Without `time`, the batch's. */
    sample(index: number, value: string, time?: number): void {
      const text = time === undefined ? `[${index},${value}]` : `[${index},${value},${time}]`
      size += text.length
      samples.push(text)
    },
    toJson({ id, time, source }: BatchHead): string {
      const head = JSON.stringify({ v: CONTRACT_VERSION, id, time: new Date(time).toISOString(), source })
      return `${head.slice(0, -1)},"metrics":[${[...metrics.keys()].join(',')}],"series":[${series.join(',')}],"samples":[${samples.join(',')}]}`
    },
  }
}
