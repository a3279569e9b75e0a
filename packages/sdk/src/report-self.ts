import { sdkMetrics } from '@tocsin/contract'
import { Registry } from 'prom-client'
import type { RefusalReason } from './publish/admit.ts'
import { defineMetrics } from './record/built-in-metrics.ts'

/** What the SDK says about itself, in a registry that goes with full snapshots only. */
export function createSelfReport() {
  const registry = new Registry()
  const metrics = defineMetrics(registry, sdkMetrics)
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
    refused(reason: RefusalReason): void {
      counts.refused++
      metrics.sdkRefusedSeriesTotal.inc({ reason })
    },
  }
}

export type SelfReport = ReturnType<typeof createSelfReport>
