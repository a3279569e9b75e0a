import { collectorMetrics } from '@tocsin/contract'
import type { Metrics } from '@tocsin/runtime'

/** Counts and times queries. */
export interface QueryRecord {
  /** A query begins to run; call what is returned with how it ended. */
  begin(kind: 'instant' | 'range'): (outcome: string) => void
}

export function createQueryRecord(metrics: Metrics): QueryRecord {
  const running = metrics.gauge(collectorMetrics.queriesRunning)
  running.set(0)
  const seconds = metrics.histogram(collectorMetrics.queryDurationSeconds)
  return {
    begin(kind) {
      running.inc()
      const stop = seconds.startTimer({ kind })
      return (outcome) => {
        running.dec()
        stop({ outcome })
      }
    },
  }
}
