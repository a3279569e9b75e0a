import { testClock } from '@tocsin/testkit'
import type { Clock } from '../src/clock.ts'

export interface FakeClock extends Clock {
  /** Moves time, running everything that falls due on the way, in order, and letting promises settle. */
  advance(ms: number): Promise<void>
  /** How many timers wait. */
  readonly waiting: number
}

/** The testkit's clock as the SDK takes its own. */
export function createFakeClock(start = 1_700_000_000_000): FakeClock {
  const clock = testClock(start)
  return {
    now: clock.now,
    after: (ms, run) => clock.setTimeout(run, ms),
    soon: (run) => void clock.setTimeout(run, 0),
    get waiting() {
      return clock.pending
    },
    advance: clock.advance,
  }
}
