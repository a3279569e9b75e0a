import { createEngine } from '@tocsin/promql'
import type { OrderedConsumer, ServiceContext } from '@tocsin/runtime'
import type { Head } from '@tocsin/tsdb'
import type { CollectorEnv } from './env.ts'
import { mountExposition } from './exposition/mount-exposition.ts'
import { keepSnapshots } from './ingest/keep-snapshots.ts'
import { maintainRegularly } from './ingest/maintain-regularly.ts'
import { readMetrics } from './ingest/read-metrics.ts'
import { restoreMetrics, type StreamState } from './ingest/restore-metrics.ts'
import { watchHead } from './ingest/watch-head.ts'
import { mountOtlp } from './otlp/mount-otlp.ts'
import { mountQueryApi } from './query-api/mount-query-api.ts'
import { createQueryGate } from './query-api/query-gate.ts'
import { createQueryRecord } from './query-api/record-queries.ts'
import { mountRemoteWrite } from './remote-write/mount-remote-write.ts'
import { endQuietSeries } from './stale/end-quiet-series.ts'

/** Rebuilds the head from its snapshot and the METRICS stream, follows it, and answers scrapes and queries from it. */
export async function startCollector(ctx: ServiceContext<CollectorEnv>): Promise<void> {
  const { env, log, clock, lifecycle } = ctx
  let upToDate: Head | undefined
  // First: what it takes needs the stream only, and its senders drop what gets a 404.
  if (env.REMOTE_WRITE_ENABLED) mountRemoteWrite(ctx, () => upToDate)
  if (env.OTLP_ENABLED) await mountOtlp(ctx, () => upToDate)
  let reason: string | undefined = 'the collector is still reading the METRICS stream: try again soon'
  const restored = await restoreMetrics({
    path: env.METRICS_SNAPSHOT_PATH,
    stream: await readStream(ctx),
    log,
    head: {
      retentionMs: env.METRICS_RETENTION,
      maxBytes: env.METRICS_MAX_BYTES,
      maxSeries: env.METRICS_MAX_SERIES,
      maxSeriesPerMetric: env.METRICS_MAX_SERIES_PER_METRIC,
      maxSeriesPerSource: env.METRICS_MAX_SERIES_PER_SOURCE,
    },
  })
  mountRoutes(ctx, restored.head, () => reason)

  let reader: OrderedConsumer | undefined
  if (env.METRICS_SNAPSHOT_PATH !== undefined) {
    const snapshots = keepSnapshots({
      path: env.METRICS_SNAPSHOT_PATH,
      everyMs: env.METRICS_SNAPSHOT_INTERVAL,
      metrics: restored,
      sequence: () => reader?.sequence() || restored.sequence,
      readStream: () => readStream(ctx),
      clock,
      log,
    })
    // Before the reader is there, so that at the end it stops first.
    lifecycle.onStop('snapshot', () => snapshots.stop())
  }
  reader = await readMetrics(ctx, restored)
  await reader.caughtUp
  lifecycle.onStop('maintenance of the head', maintainRegularly(restored.head, clock))
  const { head } = restored
  const staleAfterMs = env.METRICS_STALE_AFTER
  lifecycle.onStop(
    'ends of quiet series',
    endQuietSeries({ head, bus: ctx.bus, clock, log, metrics: ctx.metrics, staleAfterMs }),
  )
  upToDate = restored.head
  reason = undefined
}

async function readStream({ bus }: ServiceContext<CollectorEnv>): Promise<StreamState> {
  const { created, state } = await bus.jsm.streams.info(bus.streamName('METRICS'))
  return { created, lastSequence: state.last_seq }
}

function mountRoutes(
  { env, http, log, metrics, identity, clock, version }: ServiceContext<CollectorEnv>,
  head: Head,
  trouble: () => string | undefined,
): void {
  const now = () => clock.now()
  mountQueryApi(http, {
    head,
    log,
    now,
    trouble,
    version,
    engine: createEngine({ queryable: head, maxSamples: env.QUERY_MAX_SAMPLES, sliceMs: 5 }),
    gate: createQueryGate(env.QUERY_MAX_CONCURRENCY),
    record: createQueryRecord(metrics),
    timeoutMs: env.QUERY_TIMEOUT,
  })
  watchHead(head, metrics)
  if (!env.PROMETHEUS_ENABLED) return
  const shown = { staleAfterMs: env.METRICS_STALE_AFTER, created: env.METRICS_CREATED }
  mountExposition(http, env.PROMETHEUS_PATH, { head, metrics, identity, now, trouble, ...shown })
}
