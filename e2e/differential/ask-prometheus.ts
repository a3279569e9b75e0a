import { type Answer, keyOf } from './answer.ts'
import type { Times } from './ask-tocsin.ts'

type Point = readonly [seconds: number, value: string]

interface Series {
  readonly metric: Record<string, string>
  readonly value?: Point
  readonly values?: readonly Point[]
}

type Envelope =
  | {
      readonly status: 'success'
      readonly data:
        | { readonly resultType: 'vector' | 'matrix'; readonly result: readonly Series[] }
        | { readonly resultType: 'scalar'; readonly result: Point }
    }
  | { readonly status: 'error'; readonly errorType: string; readonly error: string }

/** Asks a Prometheus over HTTP. @throws Error when it fails for another reason than the query. */
export async function askPrometheus(url: string, query: string, times: Times): Promise<Answer> {
  const range = 'timeS' in times ? undefined : times
  const params: Record<string, string> = range
    ? { query, start: String(range.startS), end: String(range.endS), step: String(range.stepS) }
    : { query, time: String('timeS' in times ? times.timeS : 0) }
  const response = await fetch(`${url}/api/v1/${range ? 'query_range' : 'query'}`, {
    method: 'POST',
    headers: { 'accept-encoding': 'identity' },
    body: new URLSearchParams(params),
  })
  const envelope = (await response.json()) as Envelope
  if (envelope.status === 'error') {
    const { errorType, error } = envelope
    if (errorType === 'bad_data' || errorType === 'execution') return { refused: error }
    throw new Error(`Prometheus failed with ${errorType} at ${query}: ${error}`)
  }
  const { data } = envelope
  if (data.resultType === 'scalar') {
    const value = numberOf(data.result[1])
    return { type: 'scalar', values: new Map([[keyOf({}, data.result[0] * 1000), value]]), ordered: [value] }
  }
  return { type: data.resultType, ...collect(data.result) }
}

function collect(series: readonly Series[]): { values: Map<string, number>; ordered: number[] } {
  const values = new Map<string, number>()
  for (const { metric, value, values: points } of series) {
    for (const [seconds, text] of points ?? (value ? [value] : []))
      values.set(keyOf(metric, Math.round(seconds * 1000)), numberOf(text))
  }
  return { values, ordered: [...values.values()] }
}

const numberOf = (text: string): number => Number(text.replace('Inf', 'Infinity'))
