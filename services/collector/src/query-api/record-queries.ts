import type { Metrics } from '@tocsin/runtime'

/** Counts and times queries. */
export interface QueryRecord {
  /** A query begins to run; call what is returned with how it ended. */
  begin(kind: 'instant' | 'range'): (outcome: string) => void
}

export function createQueryRecord(metrics: Metrics): QueryRecord {
  const running = metrics.gauge('tocsin_queries_running', 'Queries that are being evaluated.')
  running.set(0)
  const seconds = metrics.histogram(
    'tocsin_query_duration_seconds',
    'Time a query takes to evaluate, by how it ended.',
    ['kind', 'outcome'],
  )
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
