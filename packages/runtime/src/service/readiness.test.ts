import { testClock } from '@tocsin/testkit'
import { describe, expect, it } from 'vitest'
import { createReadiness } from './readiness.ts'

describe('readiness', () => {
  it('is there once the service has started and nothing holds it back', async () => {
    const readiness = createReadiness(testClock())
    expect((await readiness.report()).status).toBe('starting')
    readiness.phase('ready')
    readiness.set('nats', 'lost')
    expect(await readiness.report()).toEqual({ status: 'not_ready', reasons: { nats: 'lost' } })
    readiness.set('nats', undefined)
    expect(await readiness.report()).toEqual({ status: 'ready', reasons: {} })
    readiness.phase('stopping')
    expect((await readiness.report()).status).toBe('stopping')
  })

  it('asks a check at most once a second, and cuts off one that hangs', async () => {
    const clock = testClock()
    const readiness = createReadiness(clock)
    readiness.phase('ready')
    let asked = 0
    readiness.check('counts', () => {
      asked++
      if (asked > 1) throw new Error('second time')
    })
    const takeOut = readiness.check('hangs', () => new Promise(() => {}), { timeoutMs: 500 })
    const first = readiness.report()
    await clock.advance(500)
    expect(await first).toEqual({ status: 'not_ready', reasons: { hangs: 'no answer within 500 ms' } })
    takeOut()
    expect((await readiness.report()).status).toBe('ready')
    expect(asked).toBe(1)
    await clock.advance(500)
    expect(await readiness.report()).toEqual({ status: 'not_ready', reasons: { counts: 'second time' } })
  })

  it('is judged by nothing that was found before the service had started', async () => {
    const readiness = createReadiness(testClock())
    let found: string | undefined
    readiness.check('disk', () => found)
    const underWay = readiness.report()
    readiness.phase('ready')
    expect((await underWay).status).toBe('starting')
    readiness.phase('starting')
    expect((await readiness.report()).reasons).toEqual({})
    found = 'full'
    readiness.phase('ready')
    expect(await readiness.report()).toEqual({ status: 'not_ready', reasons: { disk: 'full' } })
  })
})
