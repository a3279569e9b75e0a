import { sdkMetrics } from '@tocsin/contract'
import { Registry } from 'prom-client'
import type { SpanOutcome } from './opentelemetry/tell-spans.ts'
import type { RefusalReason } from './publish/admit.ts'
import { defineMetrics } from './record/built-in-metrics.ts'
import type { Tracking } from './series/tracking.ts'

/** To publish these metrics changes them, so that their changes ask for nothing. */
const QUIET: Tracking = {
  touch: () => {},
  maxSeries: Number.POSITIVE_INFINITY,
  refuse: () => {},
  now: Date.now,
  tracing: { active: undefined },
}

/** What the SDK says about itself, in a registry that goes with full snapshots only. */
export function createSelfReport() {
  const registry = new Registry()
  const metrics = defineMetrics(registry, sdkMetrics, QUIET)
  const counts = { stored: 0, failed: 0, refused: 0, connections: 0 }
  return {
    registry,
    counts: counts as Readonly<typeof counts>,
    describe(version: string, environment: string): void {
      metrics.sdkServiceInfo.reset()
      metrics.sdkServiceInfo.set({ version, environment }, 1)
    },
    batch(outcome: 'stored' | 'failed'): void {
      counts[outcome]++
      metrics.sdkBatchesTotal.inc({ outcome })
    },
    connected(): void {
      counts.connections++
      metrics.sdkConnectionsTotal.inc()
    },
    span(outcome: SpanOutcome): void {
      metrics.sdkSpanEventsTotal.inc({ outcome })
    },
    refused(reason: RefusalReason, count = 1): void {
      counts.refused += count
      metrics.sdkRefusedSeriesTotal.inc({ reason }, count)
    },
  }
}

export type SelfReport = ReturnType<typeof createSelfReport>
