import type { Engine, Moment } from '@tocsin/alerting'
import type { Clock } from '@tocsin/runtime'
import type { Cause } from './listen-to-engine.ts'

/** Evaluates the rules that samples concern, once all that have come are read. */
export interface SampleEvaluation {
  /** A message was read. */
  note(cause: Cause): void
  /** Evaluates what waits without waiting. */
  flush(): void
  stop(): void
}

export interface SampleEvaluationDeps {
  readonly engine: Pick<Engine, 'hasMarked' | 'evaluateMarked'>
  readonly clock: Clock
  /** Evaluates at the moment of now, for this cause. */
  readonly evaluate: (work: (moment: Moment) => void, cause: Cause) => void
}

/**
 * The rules are evaluated once for all messages that one turn of the event loop brings: no timer delays the first, and
 * a flood costs no more than its last message. Rules that take long come back by a timer.
 */
export function createSampleEvaluation({ engine, clock, evaluate }: SampleEvaluationDeps): SampleEvaluation {
  let oldest: Cause | undefined
  let scheduled: NodeJS.Immediate | undefined
  let cancelTimer = () => {}

  function flush(): void {
    clearImmediate(scheduled)
    scheduled = undefined
    cancelTimer()
    const cause = oldest
    oldest = undefined
    if (!cause || !engine.hasMarked()) return
    let waitMs: number | undefined
    evaluate((moment) => {
      waitMs = engine.evaluateMarked(moment)
    }, cause)
    if (waitMs === undefined) return
    oldest = cause
    cancelTimer = clock.setTimeout(flush, waitMs)
  }
  return {
    flush,
    note(cause) {
      if (!engine.hasMarked()) return
      oldest ??= cause
      scheduled ??= setImmediate(flush)
    },
    stop() {
      clearImmediate(scheduled)
      cancelTimer()
    },
  }
}
