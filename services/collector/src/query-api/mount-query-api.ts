import { formatExpr } from '@tocsin/promql'
import type { Log } from '@tocsin/runtime'
import type { Head } from '@tocsin/tsdb'
import express, { type Express } from 'express'
import { ApiError } from './api-error.ts'
import { describeBuild } from './build-info.ts'
import { findSeries, listLabelNames, listLabelValues } from './find-series.ts'
import { listMetadata } from './list-metadata.ts'
import { queryExemplars } from './query-exemplars.ts'
import { parseQuery, type QueryDeps, queryInstant, queryRange } from './run-query.ts'
import { type ApiVerb, plainAnswer, serveApi } from './serve-api.ts'

export interface QueryApiDeps extends QueryDeps {
  readonly head: Head
  readonly log: Log
  readonly version: string
  /** Why nothing can be answered yet; undefined once everything can. */
  readonly trouble: () => string | undefined
}

/** Puts Prometheus' query API under `/api/v1` of a service's HTTP. */
export function mountQueryApi(app: Express, deps: QueryApiDeps): void {
  const form = express.text({ type: 'application/x-www-form-urlencoded', limit: '1mb' })
  const serve = (verb: ApiVerb) => serveApi(onceReady(deps, verb), deps.log)
  const byGetOrPost = {
    query: queryInstant(deps),
    query_range: queryRange(deps),
    series: findSeries(deps),
    labels: listLabelNames(deps),
    format_query: (request) => plainAnswer(formatExpr(parseQuery(request.form))),
    query_exemplars: queryExemplars(deps),
  } satisfies Readonly<Record<string, ApiVerb>>
  for (const [path, verb] of Object.entries(byGetOrPost))
    app.route(`/api/v1/${path}`).get(serve(verb)).post(form, serve(verb))
  app.get('/api/v1/label/:name/values', serve(listLabelValues(deps)))
  app.get('/api/v1/metadata', serve(listMetadata(deps.head)))
  app.get('/api/v1/status/buildinfo', serve(describeBuild(deps.version, process.versions.node)))
}

/** While the head is being rebuilt, counters are lower than they were: no answer is better than a wrong one. */
function onceReady({ trouble }: QueryApiDeps, verb: ApiVerb): ApiVerb {
  return (request) => {
    const reason = trouble()
    if (reason !== undefined) throw new ApiError('unavailable', reason)
    return verb(request)
  }
}
