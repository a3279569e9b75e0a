import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createFakeClock } from '../../test/fake-clock.ts'
import { createThrottle, type RunOutcome } from './throttle.ts'

function setUp(outcomes: RunOutcome[] = [], takesMs = 0) {
  const clock = createFakeClock()
  const runs: number[] = []
  const start = clock.now()
  const throttle = createThrottle({
    clock,
    intervalMs: 250,
    run: async () => {
      runs.push(clock.now() - start)
      if (takesMs > 0) await new Promise<void>((resolve) => clock.after(takesMs, resolve))
      return outcomes.shift() ?? 'sent'
    },
  })
  return { clock, runs, throttle }
}

describe('the throttle', () => {
  it('runs at once after a quiet time, and once for many changes', async () => {
    const { clock, runs, throttle } = setUp()
    for (let i = 0; i < 1000; i++) throttle.touch()
    await clock.advance(0)
    expect(runs).toEqual([0])
    await clock.advance(10_000)
    throttle.touch()
    await clock.advance(0)
    expect(runs).toEqual([0, 10_000])
  })

  it('lets later changes wait for the end of the interval', async () => {
    const { clock, runs, throttle } = setUp()
    throttle.touch()
    await clock.advance(10)
    throttle.touch()
    await clock.advance(239)
    expect(runs).toEqual([0])
    await clock.advance(1)
    expect(runs).toEqual([0, 250])
  })

  it('does not use up the interval when there was nothing to send', async () => {
    const { clock, runs, throttle } = setUp(['idle'])
    throttle.touch()
    await clock.advance(10)
    throttle.touch()
    await clock.advance(0)
    expect(runs).toEqual([0, 10])
  })

  it('tries a failed run again by itself, later and later', async () => {
    const { clock, runs, throttle } = setUp(['failed', 'failed', 'failed', 'sent'])
    throttle.touch()
    await clock.advance(60_000)
    expect(runs).toEqual([0, 500, 1500, 3500])
  })

  it('runs once more for what changed during a run, and never two at a time', async () => {
    const { clock, runs, throttle } = setUp([], 1000)
    throttle.touch()
    await clock.advance(500)
    throttle.touch()
    await clock.advance(5000)
    expect(runs).toEqual([0, 1000])
  })

  it('flushes at once, after the run under way, and not after stop', async () => {
    const { clock, runs, throttle } = setUp([], 100)
    throttle.touch()
    await clock.advance(50)
    const flushed = throttle.flush()
    await clock.advance(300)
    await flushed
    expect(runs).toEqual([0, 100])
    throttle.stop()
    throttle.touch()
    await throttle.flush()
    await clock.advance(10_000)
    expect(runs).toHaveLength(2)
    expect(clock.waiting).toBe(0)
  })

  it('keeps the interval and forgets no change, whenever changes come', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 30 }), async (gaps) => {
        const { clock, runs, throttle } = setUp()
        let at = 0
        for (const gap of gaps) {
          await clock.advance(gap)
          at += gap
          throttle.touch()
        }
        await clock.advance(1000)
        if (gaps.length > 0) expect(runs.at(-1)).toBeGreaterThanOrEqual(at)
        for (const [i, run] of runs.entries())
          if (i > 0) expect(run - (runs[i - 1] ?? 0)).toBeGreaterThanOrEqual(250)
      }),
      { numRuns: 100 },
    )
  })
})
