import { createEngine } from '@tocsin/promql'
import type { ServiceContext } from '@tocsin/runtime'
import { createHead, createIngester } from '@tocsin/tsdb'
import type { CollectorEnv } from './env.ts'
import { mountExposition } from './exposition/mount-exposition.ts'
import { maintainRegularly } from './ingest/maintain-regularly.ts'
import { readMetrics } from './ingest/read-metrics.ts'
import { watchHead } from './ingest/watch-head.ts'
import { mountQueryApi } from './query-api/mount-query-api.ts'
import { createQueryGate } from './query-api/query-gate.ts'
import { createQueryRecord } from './query-api/record-queries.ts'

/** Rebuilds the head from the METRICS stream, follows it, and answers scrapes and queries from it. */
export async function startCollector(ctx: ServiceContext<CollectorEnv>): Promise<void> {
  const { env, http, log, metrics, clock } = ctx
  const now = () => clock.now()
  const head = createHead({
    retentionMs: env.METRICS_RETENTION,
    maxBytes: env.METRICS_MAX_BYTES,
    maxSeries: env.METRICS_MAX_SERIES,
    maxSeriesPerMetric: env.METRICS_MAX_SERIES_PER_METRIC,
    maxSeriesPerSource: env.METRICS_MAX_SERIES_PER_SOURCE,
  })
  let reason: string | undefined = 'the collector is still reading the METRICS stream: try again soon'
  const trouble = () => reason

  mountQueryApi(http, {
    head,
    log,
    now,
    trouble,
    version: ctx.version,
    engine: createEngine({ queryable: head, maxSamples: env.QUERY_MAX_SAMPLES, sliceMs: 5 }),
    gate: createQueryGate(env.QUERY_MAX_CONCURRENCY),
    record: createQueryRecord(metrics),
    timeoutMs: env.QUERY_TIMEOUT,
  })
  if (env.PROMETHEUS_ENABLED) {
    const refresh = watchHead(head, metrics)
    const staleAfterMs = env.METRICS_STALE_AFTER
    mountExposition(http, env.PROMETHEUS_PATH, { head, metrics, refresh, staleAfterMs, now, trouble })
  }

  const reader = await readMetrics(ctx, createIngester(head))
  await reader.caughtUp
  ctx.lifecycle.onStop('maintenance of the head', maintainRegularly(head, clock))
  reason = undefined
}
