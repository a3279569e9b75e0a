import { describe, expect, it } from 'vitest'
import type { Check } from './check.ts'
import { runCheck } from './run-check.ts'

const check = (run: Check['run']): Check => ({ name: 'x', type: 'service', critical: true, run })

/** A clock whose timers fire when told. */
function handClock() {
  let at = 1000
  const timers: { fn: () => void; due: number }[] = []
  return {
    now: () => at,
    setTimeout(fn: () => void, ms: number) {
      const timer = { fn, due: at + ms }
      timers.push(timer)
      return () => void timers.splice(timers.indexOf(timer), 1)
    },
    advance(ms: number) {
      at += ms
      for (const timer of timers.filter((t) => t.due <= at)) timer.fn()
    },
    pending: () => timers.length,
  }
}

describe('a run of a check', () => {
  it('tells what the check found, and leaves no timer', async () => {
    const clock = handClock()
    const run = await runCheck(
      check(() => ({ status: 'degraded', message: 'slow' })),
      100,
      clock,
    )
    expect(run).toEqual({ at: 1000, durationMs: 0, result: { status: 'degraded', message: 'slow' } })
    expect(clock.pending()).toBe(0)
  })

  it('is unhealthy with the message of what it throws', async () => {
    const run = await runCheck(
      check(() => {
        throw new Error('no route')
      }),
      100,
      handClock(),
    )
    expect(run.result).toEqual({ status: 'unhealthy', message: 'no route' })
  })

  it('is cut off at its timeout even when it never ends, and is told so', async () => {
    const clock = handClock()
    let aborted = false
    const running = runCheck(
      check((signal) => {
        signal.addEventListener('abort', () => {
          aborted = true
        })
        return new Promise(() => {})
      }),
      100,
      clock,
    )
    await Promise.resolve()
    clock.advance(100)
    expect((await running).result.message).toBe('no result within 100 ms')
    expect((await running).durationMs).toBe(100)
    expect(aborted).toBe(true)
  })
})
