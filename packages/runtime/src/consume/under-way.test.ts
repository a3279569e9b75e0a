import { testClock } from '@tocsin/testkit'
import { describe, expect, it } from 'vitest'
import type { Outcome } from './run-stages.ts'
import { createUnderWay } from './under-way.ts'

const never = new Promise<Outcome>(() => {})

describe('what is under way', () => {
  it('ends with its own outcome, and leaves no timer behind', async () => {
    const clock = testClock()
    const handling = createUnderWay(clock, 10_000).begin()
    expect(await handling.settled(Promise.resolve({ done: 'ok' }))).toEqual({ done: 'ok' })
    await clock.advance(1000)
    expect(clock.pending).toBe(0)
    expect(handling.signal.aborted).toBe(false)
  })

  it('ends with a timeout within a second of it, its signal aborted, whoever asks for that and when', async () => {
    const clock = testClock()
    const underWay = createUnderWay(clock, 5000)
    const [early, late] = [underWay.begin(), underWay.begin()]
    const { signal } = early
    const outcomes = Promise.all([early.settled(never), late.settled(never)])
    await clock.advance(4900)
    expect(signal.aborted).toBe(false)
    await clock.advance(1100)
    expect(await outcomes).toMatchObject([
      { error: { code: 'handling_timeout' } },
      { error: { code: 'handling_timeout', retryable: true } },
    ])
    expect(signal.reason).toBe('handling_timeout')
    expect(late.signal.reason).toBe('handling_timeout')
    expect(clock.pending).toBe(0)
  })

  it('is aborted as a whole, what begins afterwards included, and watched no longer', () => {
    const clock = testClock()
    const underWay = createUnderWay(clock, 5000)
    const handling = underWay.begin()
    void handling.settled(never)
    underWay.abortAll()
    expect(handling.signal.reason).toBe('stopping')
    expect(underWay.begin().signal.reason).toBe('stopping')
    underWay.stop()
    expect(clock.pending).toBe(0)
  })
})
