import { z } from 'zod'
import { CodedError, messageOf } from '../coded-error.ts'

/** One series' value at one moment. */
export interface InstantSample {
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** One series' values over time: `[milliseconds since the epoch, value]`. */
export interface RangeSeries {
  readonly labels: Readonly<Record<string, string>>
  readonly points: readonly (readonly [number, number])[]
}

export type QueryErrorCode = 'unreachable' | 'bad_query' | 'query_failed' | 'invalid_answer'
export class QueryError extends CodedError<QueryErrorCode> {}

/** Reads metrics from anything that speaks Prometheus' query API. Every call rejects with {@link QueryError}. */
export interface PrometheusClient {
  readonly url: string
  /** An instant query at `atMs` (default: now). A scalar is one sample without labels. */
  instant(query: string, atMs?: number): Promise<InstantSample[]>
  /** A range query; times and step in milliseconds. */
  range(query: string, fromMs: number, toMs: number, stepMs: number): Promise<RangeSeries[]>
}

const pair = z.tuple([z.number(), z.string()])
const labels = z.record(z.string(), z.string())
const vector = z.object({
  resultType: z.literal('vector'),
  result: z.array(z.object({ metric: labels, value: pair })),
})
const scalar = z.object({ resultType: z.literal('scalar'), result: pair })
const matrix = z.object({
  resultType: z.literal('matrix'),
  result: z.array(z.object({ metric: labels, values: z.array(pair) })),
})
const answer = z.discriminatedUnion('status', [
  z.object({
    status: z.literal('success'),
    data: z.discriminatedUnion('resultType', [vector, scalar, matrix]),
  }),
  z.object({ status: z.literal('error'), errorType: z.string(), error: z.string() }),
])

/** Prometheus writes infinities as +Inf and -Inf. */
function numberOf(text: string): number {
  return Number(text.replace('Inf', 'Infinity'))
}

/** fetch takes no user and password in a URL: they become a header. */
function splitUrl(url: string): { base: string; login: Readonly<Record<string, string>> } {
  const address = new URL(url.endsWith('/') ? url : `${url}/`)
  const { username, password } = address
  if (username === '') return { base: address.href, login: {} }
  address.username = ''
  address.password = ''
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return { base: address.href, login: { authorization: `Basic ${Buffer.from(pair).toString('base64')}` } }
}

/** A client for the query API at `url`: Prometheus, the collector, Thanos, Mimir, VictoriaMetrics. */
export function createPrometheusClient(
  url: string,
  options: { timeoutMs?: number; headers?: Readonly<Record<string, string>> } = {},
): PrometheusClient {
  const { timeoutMs = 30_000, headers = {} } = options
  const { base, login } = splitUrl(url)

  async function ask(path: string, parameters: Record<string, string>) {
    const body = new URLSearchParams(parameters)
    let response: Response
    let json: unknown
    try {
      response = await fetch(new URL(path, base), {
        method: 'POST',
        body,
        headers: { ...headers, ...login },
        signal: AbortSignal.timeout(timeoutMs),
      })
      json = await response.json()
    } catch (cause) {
      const advice = `cannot query ${base} (${messageOf(cause)}): is PROMETHEUS_URL right, and the collector running?`
      throw new QueryError('unreachable', advice, { retryable: true, cause })
    }
    const { data } = answer.safeParse(json)
    if (data === undefined)
      throw new QueryError(
        'invalid_answer',
        `${base} did not answer as Prometheus does (HTTP ${response.status})`,
        {
          retryable: response.status >= 500,
        },
      )
    if (data.status === 'success') return data.data
    const bad = data.errorType === 'bad_data'
    throw new QueryError(bad ? 'bad_query' : 'query_failed', data.error, { retryable: !bad })
  }

  return {
    url: base,
    async instant(query, atMs) {
      const data = await ask('api/v1/query', {
        query,
        ...(atMs === undefined ? {} : { time: String(atMs / 1000) }),
      })
      if (data.resultType === 'scalar') return [{ labels: {}, value: numberOf(data.result[1]) }]
      if (data.resultType === 'vector')
        return data.result.map(({ metric, value }) => ({ labels: metric, value: numberOf(value[1]) }))
      throw new QueryError('bad_query', `an instant query must not return a range: ${query}`)
    },
    async range(query, fromMs, toMs, stepMs) {
      const parameters = {
        query,
        start: String(fromMs / 1000),
        end: String(toMs / 1000),
        step: String(stepMs / 1000),
      }
      const data = await ask('api/v1/query_range', parameters)
      if (data.resultType !== 'matrix')
        throw new QueryError('invalid_answer', `${base} answered a range query without one`)
      return data.result.map(({ metric, values }) => ({
        labels: metric,
        points: values.map(([seconds, value]) => [Math.round(seconds * 1000), numberOf(value)] as const),
      }))
    },
  }
}
