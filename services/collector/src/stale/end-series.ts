import type { BatchMetric } from '@tocsin/contract'
import type { Series } from '@tocsin/tsdb'
import { type BatchMessage, createBatchWriter } from '../intake/batch-writer.ts'

/** Of a series that ended after the reader fell behind: the end still has to be within the time that is kept open. */
const LATEST_MS = 60_000
/** Series that are written in one step. */
const A_STEP = 100

/**
 * Writes the messages that end series: each as long after its newest sample as a series may be quiet, so that whoever
 * finds out later, or again, says the same.
 */
export function* endSeries(
  series: readonly Series[],
  of: { readonly source: string; readonly staleAfterMs: number; readonly nowMs: number },
): Generator<void, readonly BatchMessage[]> {
  const { source, staleAfterMs, nowMs } = of
  const writer = createBatchWriter({ id: `ended-${nowMs}`, source, timeMs: nowMs })
  const metrics = new Map<string, BatchMetric>()
  for (const [i, { name, lastTimeMs, labels: all }] of series.entries()) {
    if (i % A_STEP === A_STEP - 1) yield
    const metric = metrics.get(name) ?? { name, type: 'untyped' }
    metrics.set(name, metric)
    const { __name__: _, ...labels } = all
    writer.series(metric, labels).sample('stale', Math.max(lastTimeMs + staleAfterMs, nowMs - LATEST_MS))
  }
  return writer.finish()
}
