import { conventionKeys, httpMetrics } from '@tocsin/contract'
import type { Span } from '../model/span.ts'
import { secondsOf, textOf } from './conventions.ts'
import { spanMetric } from './span-metric.ts'
import type { Observation } from './span-tally.ts'

const REQUESTS = spanMetric([httpMetrics.httpRequestsTotal, httpMetrics.httpRequestDurationSeconds])

const METHODS: ReadonlySet<string> = new Set([
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'DELETE',
  'CONNECT',
  'OPTIONS',
  'TRACE',
  'PATCH',
  'QUERY',
])
/** As the conventions call what strangers may send. */
const OTHER_METHOD = '_OTHER'
/** As the SDK calls it: never the path itself, which has no bound. */
const UNMATCHED = 'unmatched'

/** A request that was answered. A server span within another of the same process is a part of it, and no request. */
export function* observeHttp(span: Span): Generator<Observation> {
  const method = textOf(span, conventionKeys.httpMethod)
  if (span.kind !== 'server' || span.hasLocalParent || method === '') return
  const upper = method.toUpperCase()
  const route = textOf(span, conventionKeys.httpRoute)
  const status = textOf(span, conventionKeys.httpStatus)
  const values = [
    METHODS.has(upper) ? upper : OTHER_METHOD,
    route === '' ? UNMATCHED : route,
    /^\d{3}$/.test(status) ? status : '',
  ]
  yield { metric: REQUESTS, values, count: 1, duration: secondsOf(span), span }
}
