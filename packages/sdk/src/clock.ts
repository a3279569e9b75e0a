/** Time, passed in so that tests drive it. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  /** Runs once, `ms` from now; returns what cancels it. Keeps the process alive only when `hold` says so. */
  after(ms: number, run: () => void, hold?: 'hold'): () => void
  /** Runs at the end of the present turn of the event loop. */
  soon(run: () => void): void
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, run, hold) {
    const timer = setTimeout(run, ms)
    if (hold === undefined) timer.unref()
    return () => clearTimeout(timer)
  },
  soon: (run) => void setImmediate(run),
}

/** Runs again and again, `ms` apart, without keeping the process alive; returns what ends it. */
export function every(clock: Clock, ms: number, run: () => void): () => void {
  let cancel = clock.after(ms, tick)
  function tick(): void {
    cancel = clock.after(ms, tick)
    run()
  }
  return () => cancel()
}

/** Resolves after `ms`; somebody is waiting for it, so the process stays. */
export function pause(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => clock.after(ms, resolve, 'hold'))
}

/** Resolves with the work, or after `ms` without it; somebody is waiting for it, so the process stays. */
export async function within(ms: number, work: Promise<void>, clock: Clock): Promise<void> {
  let cancel = () => {}
  const late = new Promise<void>((resolve) => {
    cancel = clock.after(ms, resolve, 'hold')
  })
  await Promise.race([work, late])
  cancel()
}
