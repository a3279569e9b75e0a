import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { testClock } from './test-clock.ts'

describe('the test clock', () => {
  test('stands still until it is advanced', () => {
    const clock = testClock(1000)
    expect(clock.now()).toBe(1000)
    expect(clock.now()).toBe(1000)
  })

  test('calls timers at their own time, also those that timers set', async () => {
    const clock = testClock(0)
    const calls: string[] = []
    clock.setTimeout(() => {
      calls.push(`first at ${clock.now()}`)
      clock.setTimeout(() => calls.push(`third at ${clock.now()}`), 20)
    }, 10)
    clock.setTimeout(() => calls.push(`second at ${clock.now()}`), 20)
    await clock.advance(100)
    expect(calls).toEqual(['first at 10', 'second at 20', 'third at 30'])
    expect(clock.now()).toBe(100)
  })

  test('lets promises go on between timers', async () => {
    const clock = testClock(0)
    const sleep = (ms: number) => new Promise<void>((resolve) => clock.setTimeout(resolve, ms))
    const times: number[] = []
    const loop = (async () => {
      for (let i = 0; i < 5; i++) {
        await sleep(10)
        times.push(clock.now())
      }
    })()
    await clock.advance(50)
    await loop
    expect(times).toEqual([10, 20, 30, 40, 50])
  })

  test('forgets a cancelled timer', async () => {
    const clock = testClock(0)
    const cancel = clock.setTimeout(() => expect.unreachable(), 10)
    expect(clock.pending).toBe(1)
    cancel()
    expect(clock.pending).toBe(0)
    await clock.advance(20)
  })

  test('jumps without a timer noticing', async () => {
    const clock = testClock(0)
    let calls = 0
    clock.setTimeout(() => calls++, 10)
    clock.jump(3_600_000)
    await clock.advance(9)
    expect(calls).toBe(0)
    await clock.advance(1)
    expect(calls).toBe(1)
    expect(clock.now()).toBe(3_600_010)
  })

  test('calls any set of timers in the order of their time', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(1000), { maxLength: 30 }), async (delays) => {
        const clock = testClock(0)
        const called: number[] = []
        for (const ms of delays) clock.setTimeout(() => called.push(clock.now()), ms)
        await clock.advance(1000)
        expect(called).toEqual(delays.toSorted((a, b) => a - b))
      }),
      { numRuns: 30 },
    )
  })
})
