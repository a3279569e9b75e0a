import type { Engine } from '@tocsin/alerting'
import { testClock } from '@tocsin/testkit'
import { expect, test } from 'vitest'
import { createDeadlineTimer } from './deadline-timer.ts'

test('it wakes at the deadline, and a deadline that stays is tried again a second later', async () => {
  const clock = testClock()
  const start = clock.now()
  let deadline: number | undefined = start + 500
  const woke: number[] = []
  const engine: Pick<Engine, 'nextDeadline'> = { nextDeadline: () => deadline }
  const timer = createDeadlineTimer(engine, clock, () => {
    woke.push(clock.now() - start)
    timer.arm()
  })
  timer.arm()
  await clock.advance(2000)
  expect(woke).toEqual([500, 1500])
  deadline = clock.now() + 100
  timer.arm()
  deadline = clock.now() + 50
  timer.arm()
  await clock.advance(60)
  expect(woke.at(-1)).toBe(2050)
  deadline = undefined
  timer.arm()
  await clock.advance(5000)
  expect(woke).toHaveLength(3)
  expect(clock.pending).toBe(0)
})
