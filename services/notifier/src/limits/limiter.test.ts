import { createLog } from '@tocsin/runtime'
import { testClock } from '@tocsin/testkit'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { messageNotification } from '../../test/samples/events.ts'
import { createWindow } from './count-here.ts'
import { createLimiter } from './limiter.ts'

const log = createLog({ service: 'notifier', version: 'test', level: 'silent' })
const limit = { limit: 2, perMs: 60_000 }

describe('a window', () => {
  it('never lets more through within its time than the limit, whatever comes when', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 500 }), { maxLength: 60 }),
        fc.integer({ min: 1, max: 5 }),
        (gaps, most) => {
          const window = createWindow({ limit: most, perMs: 1000 })
          const through: number[] = []
          let now = 0
          gaps.forEach((gap, i) => {
            now += gap
            if (window.take(String(i), now, false)) through.push(now)
          })
          for (const at of through)
            expect(through.filter((other) => other > at - 1000 && other <= at).length).toBeLessThanOrEqual(
              most,
            )
        },
      ),
    )
  })

  it('counts an id once, and lets it through again', () => {
    const window = createWindow(limit)
    expect(['a', 'b', 'a', 'c', 'b'].map((id) => window.take(id, 0, false))).toEqual([
      true,
      true,
      true,
      false,
      true,
    ])
  })
})

describe('the limiter while Redis is away', () => {
  const start = () => {
    const clock = testClock()
    let trouble: string | undefined = 'away'
    const limiter = createLimiter({
      count: () => Promise.resolve(true),
      redis: { trouble: () => trouble },
      clock,
      log,
    })
    return { clock, limiter, back: () => (trouble = undefined), gone: () => (trouble = 'away') }
  }

  it('counts by itself, channel by channel', async () => {
    const { clock, limiter } = start()
    const ask = (channel: string) => limiter(messageNotification(channel), limit)
    expect([await ask('slack'), await ask('slack'), await ask('slack'), await ask('email')]).toEqual([
      'within',
      'within',
      { over: true, by: 'process' },
      'within',
    ])
    await clock.advance(60_000)
    expect(await ask('slack')).toBe('within')
  })

  it('never holds back what is critical, and counts it', async () => {
    const { limiter } = start()
    const ask = (severity: 'critical' | 'high') => limiter(messageNotification('slack', { severity }), limit)
    for (let i = 0; i < 10; i++) expect(await ask('critical')).toBe('within')
    expect(await ask('high')).toEqual({ over: true, by: 'process' })
  })

  it('knows what it let through while Redis was there', async () => {
    const { limiter, back, gone } = start()
    const ask = () => limiter(messageNotification('slack'), limit)
    back()
    await ask()
    await ask()
    gone()
    expect(await ask()).toEqual({ over: true, by: 'process' })
  })
})
