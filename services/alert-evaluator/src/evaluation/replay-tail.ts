import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Engine, Moment } from '@tocsin/alerting'
import { createCatchUp } from './catch-up.ts'
import { createEvaluationTime } from './evaluation-time.ts'
import type { Cause } from './listen-to-engine.ts'
import type { Parts } from './parts.ts'
import type { Tail } from './tail.ts'

export interface ReplayDeps {
  readonly tail: Tail
  readonly parts: Parts
  readonly engine: Engine
  readonly now: () => number
  readonly evaluate: (moment: Moment, cause: Cause | undefined, work: (moment: Moment) => void) => void
  readonly signal: AbortSignal
  /** The tail does not go back to where these parts stopped. */
  readonly onGap: (shards: readonly number[]) => void
}

/** How long messages are gone through before others get their turn. Milliseconds. */
const TURN_MS = 20

/**
 * Has each part go through the messages that it has not seen, each at its own time. When it resolves there is none
 * left, and none can have come since.
 */
export async function replayTail(deps: ReplayDeps): Promise<void> {
  const { tail, parts, engine, now, evaluate, signal, onGap } = deps
  const gap = parts.behind(tail.since())
  if (gap.length > 0) onGap(gap)
  const catchUp = createCatchUp({
    engine,
    timeOf: createEvaluationTime(),
    evaluate,
    now,
    concerns: parts.concerns,
  })
  let reached = parts.least()
  for (;;) {
    const begun = performance.now()
    const isDone = tail.readAfter(reached, (message) => {
      catchUp.before(message)
      catchUp.after(message)
      reached = message.sequence
      return performance.now() - begun < TURN_MS
    })
    if (isDone || signal.aborted) break
    await nextTurn()
  }
  catchUp.finish(now())
}
