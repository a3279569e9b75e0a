import type { Series } from '@tocsin/tsdb'
import type { Cause } from './listen-to-engine.ts'

/** Collects what messages changed, until all that have come are read. */
export interface SampleCollector {
  note(series: readonly Series[], cause: Cause): void
  /** Evaluates what is collected without waiting. */
  flush(): void
}

/**
 * The rules are evaluated once for all messages that one turn of the event loop brings: no timer delays the first, and
 * a flood costs no more than its last message.
 */
export function collectSamples(
  evaluate: (series: readonly Series[], cause: Cause, newestMs: number) => void,
): SampleCollector {
  const touched = new Set<Series>()
  let oldest: Cause | undefined
  let scheduled: NodeJS.Immediate | undefined

  function flush(): void {
    clearImmediate(scheduled)
    scheduled = undefined
    const cause = oldest
    if (!cause) return
    oldest = undefined
    const series = [...touched]
    touched.clear()
    evaluate(series, cause, newestOf(series))
  }
  return {
    flush,
    note(series, cause) {
      for (const one of series) touched.add(one)
      oldest ??= cause
      scheduled ??= setImmediate(flush)
    },
  }
}

/** The time of the newest sample, -Infinity without any. Milliseconds. */
export function newestOf(series: readonly Series[]): number {
  return series.reduce((newest, { lastTimeMs }) => Math.max(newest, lastTimeMs), Number.NEGATIVE_INFINITY)
}
