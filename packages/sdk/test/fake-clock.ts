import type { Clock } from '../src/clock.ts'

export interface FakeClock extends Clock {
  /** Moves time, running everything that falls due on the way, in order, and letting promises settle. */
  advance(ms: number): Promise<void>
  /** How many timers wait. */
  readonly waiting: number
}

/** A clock that stands still until it is told to move. */
export function createFakeClock(start = 1_700_000_000_000): FakeClock {
  let now = start
  let timers: { at: number; run: () => void }[] = []

  const settle = async () => {
    for (let i = 0; i < 10; i++) await Promise.resolve()
  }
  const after = (ms: number, run: () => void) => {
    const timer = { at: now + Math.max(0, ms), run }
    timers.push(timer)
    return () => {
      timers = timers.filter((other) => other !== timer)
    }
  }
  return {
    now: () => now,
    after,
    soon: (run) => void after(0, run),
    get waiting() {
      return timers.length
    },
    async advance(ms) {
      const end = now + ms
      await settle()
      for (;;) {
        const next = timers.filter((t) => t.at <= end).sort((a, b) => a.at - b.at)[0]
        if (!next) break
        timers = timers.filter((t) => t !== next)
        now = Math.max(now, next.at)
        next.run()
        await settle()
      }
      now = end
    },
  }
}
