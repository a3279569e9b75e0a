interface Timer {
  readonly due: number
  readonly order: number
  readonly fn: () => void
}

/** A clock that stands still until a test moves it. Fits where the services take their clock. */
export interface TestClock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Calls `fn` once the clock has been advanced by `ms`. Returns a function that cancels it. */
  setTimeout(fn: () => void, ms: number): () => void
  /**
   * Moves on by `ms`, calling each timer at its own time and in order, also those that timers set meanwhile.
   * After each, promises and I/O callbacks that are due get their turn.
   */
  advance(ms: number): Promise<void>
  /** Sets the wall clock forward or back by `ms` without any timer noticing, as an NTP step does. */
  jump(ms: number): void
  /** How many timers wait. */
  readonly pending: number
}

const settle = () => new Promise<void>((resolve) => setImmediate(resolve))

/** A clock for tests, starting at `startMs` (default 2026-01-01T00:00:00Z). */
export function testClock(startMs = Date.UTC(2026, 0, 1)): TestClock {
  const timers = new Set<Timer>()
  let elapsed = 0
  let wall = startMs
  let order = 0

  const nextDue = (limit: number): Timer | undefined => {
    let first: Timer | undefined
    for (const timer of timers) {
      if (timer.due > limit) continue
      if (!first || timer.due < first.due || (timer.due === first.due && timer.order < first.order))
        first = timer
    }
    return first
  }

  return {
    now: () => wall + elapsed,
    setTimeout(fn, ms) {
      const timer: Timer = { due: elapsed + Math.max(0, ms), order: order++, fn }
      timers.add(timer)
      return () => void timers.delete(timer)
    },
    async advance(ms) {
      const target = elapsed + ms
      await settle()
      for (let timer = nextDue(target); timer; timer = nextDue(target)) {
        timers.delete(timer)
        elapsed = Math.max(elapsed, timer.due)
        timer.fn()
        await settle()
      }
      elapsed = target
      await settle()
    },
    jump(ms) {
      wall += ms
    },
    get pending() {
      return timers.size
    },
  }
}
