import { testClock } from '@tocsin/testkit'
import { describe, expect, it } from 'vitest'
import { createLog } from './create-log.ts'
import { createThrottle } from './throttle.ts'

function logged(write: (log: ReturnType<typeof createLog>) => void): Record<string, unknown>[] {
  const lines: Record<string, unknown>[] = []
  write(
    createLog({
      service: 'notifier',
      version: '1.2.3',
      level: 'info',
      destination: { write: (line) => void lines.push(JSON.parse(line)) },
    }),
  )
  return lines
}

describe('the log', () => {
  it('says who writes, when, and how bad it is', () => {
    const [line] = logged((log) => log.warn({ channel: 'email' }, 'slow'))
    expect(line).toMatchObject({
      level: 'warn',
      service: 'notifier',
      version: '1.2.3',
      channel: 'email',
      msg: 'slow',
    })
    expect(line?.['time']).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/)
  })

  it('hides secrets by the name of their field, and passwords in URLs wherever they stand', () => {
    const lines = logged((log) => {
      log.info({
        pass: 'hunter2',
        smtp: { password: 'hunter3' },
        request: { headers: { authorization: 'Bearer hunter4' } },
      })
      log.error({ err: new Error('cannot reach redis://user:hunter5@host:6379') }, 'at nats://u:hunter6@h')
    })
    expect(JSON.stringify(lines)).not.toContain('hunter')
    expect(lines[0]).toMatchObject({ pass: '***', request: { headers: { authorization: '***' } } })
    expect(lines[1]?.['msg']).toBe('at nats://u:***@h')
  })

  it('hides them in lists and in what errors carry', () => {
    const error = Object.assign(new Error('refused'), { config: { token: 'hunter1' } })
    const given = { list: [{ secret: 'hunter2' }], plain: 'shown' }
    const lines = logged((log) => log.info({ ...given, err: error }))
    expect(JSON.stringify(lines)).not.toContain('hunter')
    expect(lines[0]).toMatchObject({ plain: 'shown', err: { message: 'refused', config: { token: '***' } } })
    expect(given.list[0]?.secret).toBe('hunter2')
  })
})

describe('a throttle', () => {
  it('lets one of a kind through per interval, and says how many it kept back', async () => {
    const clock = testClock()
    const throttle = createThrottle(clock, 60_000)
    expect(throttle('a')).toEqual({ suppressed: 0 })
    expect(throttle('a')).toBeUndefined()
    expect(throttle('a')).toBeUndefined()
    expect(throttle('b')).toEqual({ suppressed: 0 })
    await clock.advance(60_000)
    expect(throttle('a')).toEqual({ suppressed: 2 })
  })

  it('forgets the oldest of too many kinds', () => {
    const throttle = createThrottle(testClock(), 60_000, 2)
    for (const key of ['a', 'b', 'c']) throttle(key)
    expect(throttle('c')).toBeUndefined()
    expect(throttle('a')).toEqual({ suppressed: 0 })
  })
})
