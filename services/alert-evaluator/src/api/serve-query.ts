import { createEngine, QueryError, type QueryResult } from '@tocsin/promql'
import { messageOf } from '@tocsin/runtime'
import { formatFloat } from '@tocsin/templates'
import type { Head } from '@tocsin/tsdb'
import { type Express, type Request, type RequestHandler, text } from 'express'
import { answerApiError } from './api-error.ts'

export interface QueryApiDeps {
  /** What the rules read; undefined while this replica is starting. */
  readonly head: () => Head | undefined
  readonly version: string
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

/** The version of Prometheus whose API of rules this is. */
const SPEAKS_LIKE = '3.5.0'
/** Rules come first: a query may read less than one of the collector's, and few are answered at once. */
const BOUNDS = { maxSamples: 1_000_000, timeoutMs: 10_000 }
const MOST_AT_ONCE = 2

/**
 * `/api/v1/query`, at one time over what the rules read, and `/api/v1/status/buildinfo`. Grafana asks both before it
 * takes the rules of a data source for those of a Prometheus; what charts ask is the collector's.
 */
export function serveQuery(app: Express, deps: QueryApiDeps): void {
  const answer = queryHandler(deps)
  const form = text({ type: 'application/x-www-form-urlencoded', limit: '1mb' })
  app.route('/api/v1/query').get(answer).post(form, answer)
  app.get('/api/v1/status/buildinfo', (_request, response) => {
    const version = `${SPEAKS_LIKE}+tocsin.${deps.version}`
    const unknown = { revision: '', branch: '', buildDate: '' }
    const data = { version, ...unknown, buildUser: 'tocsin', goVersion: `node ${process.versions.node}` }
    response.json({ status: 'success', data })
  })
}

function queryHandler({ head, now }: QueryApiDeps): RequestHandler {
  let running = 0
  return async (request, response) => {
    const form = formOf(request)
    const timeMs = readTime(form.get('time'), now())
    if (timeMs === undefined)
      return answerApiError(
        response,
        'bad_data',
        `invalid parameter "time": '${form.get('time')}' is neither seconds nor RFC 3339`,
      )
    const queryable = head()
    if (!queryable)
      return answerApiError(response, 'unavailable', 'this replica is starting: ask again in a moment')
    if (running >= MOST_AT_ONCE)
      return answerApiError(response, 'unavailable', 'busy with other queries: the collector answers more')
    running++
    try {
      const result = await createEngine({ queryable }).instant(form.get('query') ?? '', timeMs, BOUNDS)
      const { warnings, infos } = result
      const remarks = { ...(warnings.length > 0 && { warnings }), ...(infos.length > 0 && { infos }) }
      response.json({ status: 'success', data: present(result), ...remarks })
    } catch (error) {
      if (!(error instanceof QueryError)) throw error
      const kind =
        error.code === 'parse_error' ? 'bad_data' : error.code === 'timeout' ? 'timeout' : 'execution'
      answerApiError(response, kind, messageOf(error))
    } finally {
      running--
    }
  }
}

function formOf(request: Request): URLSearchParams {
  const body: unknown = request.body
  const form = new URLSearchParams(typeof body === 'string' ? body : '')
  for (const [name, value] of new URL(request.originalUrl, 'http://localhost').searchParams)
    form.append(name, value)
  return form
}

/** Seconds since the epoch, or RFC 3339; now where nothing is said. Undefined when it is neither. */
function readTime(given: string | null, nowMs: number): number | undefined {
  if (given === null || given === '') return nowMs
  const ms = /^-?\d+(\.\d+)?$/.test(given) ? Math.round(Number(given) * 1000) : Date.parse(given)
  return Number.isFinite(ms) && Math.abs(ms) <= 8.64e15 ? ms : undefined
}

function present(result: QueryResult): object {
  const point = (timeMs: number, value: number) => [timeMs / 1000, formatFloat(value, 'f')]
  switch (result.type) {
    case 'string':
      return { resultType: 'string', result: [result.timeMs / 1000, result.value] }
    case 'scalar':
      return { resultType: 'scalar', result: point(result.timeMs, result.value) }
    case 'vector': {
      const { timeMs } = result
      const rows = result.value.map(({ labels, value }) => ({ metric: labels, value: point(timeMs, value) }))
      return { resultType: 'vector', result: rows }
    }
    case 'matrix': {
      const rows = result.value.map(({ labels, timestamps, values }) => ({
        metric: labels,
        values: Array.from(timestamps, (timeMs, index) => point(timeMs, values[index] ?? Number.NaN)),
      }))
      return { resultType: 'matrix', result: rows }
    }
  }
}
