import { testClock } from '@tocsin/testkit'
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { createLifecycle } from './lifecycle.ts'

const log = pino({ level: 'silent' })

describe('the shutdown', () => {
  it('runs its steps last in first out, once, and goes on past one that fails', async () => {
    const lifecycle = createLifecycle({ clock: testClock(), log })
    const order: string[] = []
    lifecycle.onStop('a', () => order.push('a'))
    lifecycle.onStop('b', () => {
      throw new Error('no')
    })
    const takeOut = lifecycle.onStop('c', () => order.push('c'))
    lifecycle.onStop('d', async () => order.push('d'))
    takeOut()
    const [first, second] = await Promise.all([lifecycle.stop('test'), lifecycle.stop('again')])
    expect(order).toEqual(['d', 'a'])
    expect(first).toBe(second)
    expect(first.map(({ name, outcome }) => `${name} ${outcome}`)).toEqual(['d done', 'b failed', 'a done'])
    expect(lifecycle.signal.aborted).toBe(true)
  })

  it('cuts off a step that hangs, and all of them together', async () => {
    const clock = testClock()
    const lifecycle = createLifecycle({ clock, log, stepTimeoutMs: 10_000, totalTimeoutMs: 15_000 })
    for (const name of ['a', 'b', 'c', 'd']) lifecycle.onStop(name, () => new Promise(() => {}))
    const stopped = lifecycle.stop('test')
    await clock.advance(20_000)
    expect((await stopped).map(({ name, outcome, ms }) => `${name} ${outcome} ${ms}`)).toEqual([
      'd timeout 10000',
      'c timeout 5000',
      'b timeout 100',
      'a timeout 100',
    ])
    expect(clock.pending).toBe(0)
  })

  it('runs a step that is added while it stops, and one that comes too late', async () => {
    const lifecycle = createLifecycle({ clock: testClock(), log })
    const order: string[] = []
    lifecycle.onStop('a', () => {
      order.push('a')
      lifecycle.onStop('meanwhile', () => order.push('meanwhile'))
    })
    await lifecycle.stop('test')
    lifecycle.onStop('late', () => order.push('late'))
    await new Promise((resolve) => setImmediate(resolve))
    expect(order).toEqual(['a', 'meanwhile', 'late'])
  })
})
