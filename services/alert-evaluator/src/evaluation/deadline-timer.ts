import type { Engine } from '@tocsin/alerting'
import type { Clock } from '@tocsin/runtime'

// A rule that fails keeps its deadline: it is tried again after this.
const RETRY_MS = 1000

/** Wakes when the next alert is due. */
export interface DeadlineTimer {
  /** Looks at the engine's next deadline; to be called after every evaluation. */
  arm(): void
  stop(): void
}

/** @param evaluateDue evaluates what is due; the timer is armed again by whoever does that */
export function createDeadlineTimer(
  engine: Pick<Engine, 'nextDeadline'>,
  clock: Clock,
  evaluateDue: () => void,
): DeadlineTimer {
  let armed: number | undefined
  let tried: number | undefined
  let cancel = () => {}

  function wake(): void {
    armed = undefined
    const due = engine.nextDeadline()
    // A timer may fire a millisecond early.
    if (due === undefined || due > clock.now()) arm()
    else {
      tried = due
      evaluateDue()
    }
  }
  function arm(): void {
    const due = engine.nextDeadline()
    if (due === armed && due !== undefined) return
    cancel()
    armed = due
    if (due === undefined) return
    cancel = clock.setTimeout(wake, due === tried ? RETRY_MS : Math.max(0, due - clock.now()))
  }
  return {
    arm,
    stop() {
      cancel()
      armed = undefined
    },
  }
}
