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
  readonly dictionary: Dictionary
}

/** Where the numbering of a batch begins, as the contract has it. */
export interface Dictionary {
  readonly publisher: string
  readonly edition: number
  readonly metrics: number
  readonly series: number
}

/**
 * Builds the JSON of one batch as text, since descriptions come as ready JSON. `samples` stand last and follow
 * `"samples":[` without a blank: readers find them by that, and read their numbers from the bytes.
 */
export function createBatch() {
  const metrics: string[] = []
  const series: string[] = []
  const created: string[] = []
  const exemplars: string[] = []
  const samples: string[] = []
  let size = 0

  function add(list: string[], json: string): void {
    list.push(json)
    size += json.length + 1
  }

  return {
    /** Characters, about. */
    get size() {
      return size
    },
    get empty() {
      return samples.length === 0
    },
    metric: (json: string) => add(metrics, json),
    series: (metric: number, labelsJson: string) => add(series, `[${metric},${labelsJson}]`),
    created: (place: number, time: number) => add(created, `[${place},${time}]`),
    exemplar: (place: number, labelsJson: string, value: number, time: number) =>
      add(exemplars, `[${place},${labelsJson},${value},${time}]`),
    /** `value` is JSON: a level, or bucket counts and a sum. */
    sample: (place: number, value: string) => add(samples, `[${place},${value}]`),
    toJson({ id, time, source, dictionary }: BatchHead): string {
      const head = { v: CONTRACT_VERSION, id, time: new Date(time).toISOString(), source, dictionary }
      const optional = (name: string, list: string[]) =>
        list.length > 0 ? `"${name}":[${list.join(',')}],` : ''
      return `${JSON.stringify(head).slice(0, -1)},"metrics":[${metrics.join(',')}],"series":[${series.join(',')}],${optional('created', created)}${optional('exemplars', exemplars)}"samples":[${samples.join(',')}]}`
    },
  }
}
