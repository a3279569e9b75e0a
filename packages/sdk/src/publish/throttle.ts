import type { Clock } from '../clock.ts'

/** What a run did: only one that sent something uses up the interval; one that failed is tried again, later and later. */
export type RunOutcome = 'sent' | 'idle' | 'failed'

export interface Throttle {
  /** Something changed: runs at the end of this turn after a quiet time, otherwise once the interval is over. */
  touch(): void
  /** Runs now, after the run under way if there is one; resolves with what came of it. */
  flush(): Promise<RunOutcome>
  stop(): void
}

const MAX_BACKOFF_MS = 5000

/** A leading-edge throttle: one run at a time, and at most one per interval. */
export function createThrottle(parts: {
  readonly clock: Clock
  readonly intervalMs: number
  /** Must not reject. */
  readonly run: () => Promise<RunOutcome>
}): Throttle {
  const { clock, intervalMs, run } = parts
  let armed = false
  let underWay: Promise<RunOutcome> | undefined
  let notBefore = 0
  let failures = 0
  let stopped = false
  let cancel = () => {}

  function schedule(): void {
    const wait = notBefore - clock.now()
    if (wait > 0) cancel = clock.after(wait, fire)
    else clock.soon(fire)
  }

  function fire(): void {
    if (stopped || underWay !== undefined || !armed) return
    underWay = runOnce().finally(() => {
      underWay = undefined
      if (armed && !stopped) schedule()
    })
  }

  async function runOnce(): Promise<RunOutcome> {
    armed = false
    const started = clock.now()
    const outcome = await run()
    failures = outcome === 'failed' ? failures + 1 : 0
    if (outcome === 'sent') notBefore = started + intervalMs
    if (outcome === 'failed') {
      notBefore = clock.now() + Math.min(intervalMs * 2 ** failures, MAX_BACKOFF_MS)
      armed = true
    }
    return outcome
  }

  return {
    touch() {
      if (armed || stopped) return
      armed = true
      if (underWay === undefined) schedule()
    },
    async flush() {
      while (underWay !== undefined) await underWay
      if (stopped) return 'idle'
      cancel()
      armed = true
      fire()
      return (await underWay) ?? 'idle'
    },
    stop() {
      stopped = true
      cancel()
    },
  }
}
