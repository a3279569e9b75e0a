import { setImmediate as nextTurn } from 'node:timers/promises'
import { compileExpression, type Operation, operationQueries } from '@tocsin/rules'
import type { Head } from '@tocsin/tsdb'
import type { Measured } from './learn-baseline.ts'

export interface MeasureOptions {
  readonly nowMs: number
  readonly windowMs: number
  readonly reachMs: number
  readonly quantile: number
  /** Windows with fewer calls say nothing. */
  readonly minCalls: number
}

/**
 * An operation's error rate and latency, window by window, the oldest first. One window a turn: what waits meanwhile are
 * only others like it, not alerts.
 */
export async function measureWindows(
  head: Head,
  operation: Operation,
  { nowMs, windowMs, reachMs, quantile, minCalls }: MeasureOptions,
): Promise<{ readonly errors: readonly Measured[]; readonly latency: readonly Measured[] }> {
  const queries = operationQueries(operation, windowMs, quantile)
  const calls = compileExpression(queries.calls)
  const errorRate = compileExpression(queries.errorRate)
  const duration = compileExpression(queries.latency)
  const errors: Measured[] = []
  const latency: Measured[] = []
  const last = Math.floor(nowMs / windowMs) * windowMs
  const first = last - Math.floor(reachMs / windowMs) * windowMs
  for (let atMs = first + windowMs; atMs <= last; atMs += windowMs) {
    await nextTurn()
    const count = calls.evaluate(head, atMs)[0]?.value ?? 0
    if (!(count >= minCalls)) continue
    // A rate of what never failed has no result.
    errors.push({ atMs, value: errorRate.evaluate(head, atMs)[0]?.value ?? 0 })
    const seconds = duration.evaluate(head, atMs)[0]?.value
    if (seconds !== undefined && Number.isFinite(seconds)) latency.push({ atMs, value: seconds })
  }
  return { errors, latency }
}
