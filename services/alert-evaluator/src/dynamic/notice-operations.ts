import { spanMetrics } from '@tocsin/contract'
import { createMatcher } from '@tocsin/promql'
import type { Operation } from '@tocsin/rules'
import type { Head, Series } from '@tocsin/tsdb'
import { operationKey } from './service-record.ts'

/** An operation in the head, and when it was last called. */
export interface NoticedOperation extends Operation {
  readonly lastSeenMs: number
}

const CALLS = spanMetrics.spanCallsTotal.name
/** As spans have them; others may publish series of any name. */
const [MOST_SERVICE, MOST_NAME] = [256, 1024]
const matchers = [createMatcher('__name__', '=', CALLS)]

/** The operation that a series counts; undefined for other series, and for spans of other kinds. */
export function operationOf(series: Series, kinds: ReadonlySet<string>): Operation | undefined {
  if (series.name !== CALLS) return undefined
  const { service = '', span_name: name = '', span_kind: kind = '' } = series.labels
  if (service === '' || name === '' || !kinds.has(kind)) return undefined
  return service.length > MOST_SERVICE || name.length > MOST_NAME ? undefined : { service, name, kind }
}

/** Every operation in a head, by service and key. */
export function noticeOperations(
  head: Pick<Head, 'matchSeries'>,
  kinds: ReadonlySet<string>,
): ReadonlyMap<string, ReadonlyMap<string, NoticedOperation>> {
  const services = new Map<string, Map<string, NoticedOperation>>()
  for (const series of head.matchSeries(matchers)) {
    const operation = operationOf(series, kinds)
    if (!operation) continue
    const operations = services.get(operation.service) ?? new Map<string, NoticedOperation>()
    services.set(operation.service, operations)
    const key = operationKey(operation)
    const lastSeenMs = Math.max(Math.round(series.lastTimeMs), operations.get(key)?.lastSeenMs ?? 0)
    operations.set(key, { ...operation, lastSeenMs })
  }
  return services
}

/** The kinds as span metrics write them. */
export function kindsOf(kinds: readonly string[]): ReadonlySet<string> {
  return new Set(kinds.map((kind) => `SPAN_KIND_${kind.toUpperCase()}`))
}
