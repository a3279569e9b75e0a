import { otlpMetrics } from '@tocsin/contract'
import type { Metrics } from '@tocsin/runtime'
import type { ExportOutcome, Signal } from '../signal.ts'

/** Counts and times requests. */
export interface ExportRecord {
  received(signal: Signal, bytes: number): void
  ended(signal: Signal, outcome: ExportOutcome, seconds: number): void
}

export function createExportRecord(metrics: Metrics, inHandBytes: () => number): ExportRecord {
  const requests = metrics.counter(otlpMetrics.otlpRequestsTotal)
  const bytes = metrics.counter(otlpMetrics.otlpReceivedBytesTotal)
  const seconds = metrics.histogram(otlpMetrics.otlpRequestDurationSeconds)
  const inHand = metrics.gauge(otlpMetrics.otlpInHandBytes)
  metrics.beforeRead(() => inHand.set(inHandBytes()))
  return {
    received: (signal, more) => bytes.inc({ signal }, more),
    ended(signal, outcome, took) {
      requests.inc({ signal, outcome })
      seconds.observe({ signal }, took)
    },
  }
}
