import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { backoffMs, sleep, systemClock } from './clock.ts'

describe('the system clock', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('keeps a delay that is longer than Node’s own timers can be', () => {
    const fn = vi.fn()
    systemClock.setTimeout(fn, 2 ** 31 + 1000)
    vi.advanceTimersByTime(2 ** 31 + 999)
    expect(fn).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1)
    expect(fn).toHaveBeenCalledOnce()
  })

  it('cancels, also after the first part of a long delay', () => {
    const fn = vi.fn()
    const cancel = systemClock.setTimeout(fn, 2 ** 32)
    vi.advanceTimersByTime(2 ** 31)
    cancel()
    vi.advanceTimersByTime(2 ** 33)
    expect(fn).not.toHaveBeenCalled()
  })

  it('wakes a sleeper when its signal aborts, and leaves no timer', async () => {
    const aborter = new AbortController()
    const slept = sleep(systemClock, 60_000, aborter.signal)
    aborter.abort()
    await slept
    expect(vi.getTimerCount()).toBe(0)
    await sleep(systemClock, 60_000, aborter.signal)
  })
})

it('backs off between half of the doubled delay and all of it, never past the most', () => {
  fc.assert(
    fc.property(
      fc.nat(200),
      fc.integer({ min: 1, max: 1000 }),
      fc.integer({ min: 1000, max: 60_000 }),
      (n, first, most) => {
        const full = Math.min(most, first * 2 ** Math.min(n, 30))
        const delay = backoffMs(n, first, most)
        expect(delay).toBeGreaterThanOrEqual(full / 2)
        expect(delay).toBeLessThanOrEqual(full)
      },
    ),
  )
})
