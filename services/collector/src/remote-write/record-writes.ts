import { remoteWriteMetrics } from '@tocsin/contract'
import type { Metrics } from '@tocsin/runtime'
import type { WriteResult } from './receive-write.ts'
import type { WriteErrorCode } from './write-error.ts'

/** How a request ended: all, some or nothing of it stored; stored before; or why it was not taken. */
export type WriteOutcome = 'stored' | 'partial' | 'refused' | 'repeated' | 'internal' | WriteErrorCode

/** Counts and times requests. */
export interface WriteRecord {
  received(bytes: number): void
  stored(result: WriteResult): void
  ended(outcome: WriteOutcome, seconds: number): void
}

export function createWriteRecord(metrics: Metrics, knownSeries: () => number): WriteRecord {
  const requests = metrics.counter(remoteWriteMetrics.remoteWriteRequestsTotal)
  const samples = metrics.counter(remoteWriteMetrics.remoteWriteSamplesTotal)
  const histograms = metrics.counter(remoteWriteMetrics.remoteWriteHistogramsTotal)
  const exemplars = metrics.counter(remoteWriteMetrics.remoteWriteExemplarsTotal)
  const refused = metrics.counter(remoteWriteMetrics.remoteWriteRefusedTotal)
  const bytes = metrics.counter(remoteWriteMetrics.remoteWriteReceivedBytesTotal)
  const seconds = metrics.histogram(remoteWriteMetrics.remoteWriteDurationSeconds)
  const known = metrics.gauge(remoteWriteMetrics.remoteWriteKnownSeries)
  metrics.beforeRead(() => known.set(knownSeries()))
  return {
    received: (more) => bytes.inc(more),
    stored(result) {
      samples.inc(result.samples)
      histograms.inc(result.histograms)
      exemplars.inc(result.exemplars)
      for (const [reason, count] of result.refusedBy) refused.inc({ reason }, count)
    },
    ended(outcome, took) {
      requests.inc({ outcome })
      seconds.observe(took)
    },
  }
}
