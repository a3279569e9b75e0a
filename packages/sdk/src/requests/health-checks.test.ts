import { type HealthEvent, healthEvent } from '@tocsin/contract'
import { describe, expect, it } from 'vitest'
import { createFakeClock } from '../../test/fake-clock.ts'
import { createHealthChecks } from './health-checks.ts'

function setUp() {
  const clock = createFakeClock()
  const events: HealthEvent[] = []
  let away = false
  const checks = createHealthChecks(clock, () => 'id')
  const start = () =>
    checks.start('shop', async (event) => {
      if (away) throw new Error('away')
      events.push(healthEvent.parse(event))
    })
  return {
    clock,
    checks,
    events,
    start,
    lose: (lost: boolean) => {
      away = lost
    },
  }
}

describe('health checks', () => {
  it('say that they have ended when the application stops in order', async () => {
    const { clock, checks, events, start } = setUp()
    start()
    checks.add({ name: 'a', check: () => ({ status: 'healthy' }) })
    await clock.advance(0)
    await checks.stop()
    expect(events.map(({ check, ended }) => [check, ended])).toEqual([
      ['a', undefined],
      ['a', true],
    ])
    expect(clock.waiting).toBe(0)
  })

  it('run at once and at their interval, and stop when they are removed', async () => {
    const { clock, checks, events, start } = setUp()
    start()
    const remove = checks.add({
      name: 'db',
      type: 'database',
      interval: 1000,
      critical: true,
      check: () => ({ status: 'healthy' }),
    })
    await clock.advance(3000)
    expect(events).toHaveLength(4)
    expect(events[0]).toMatchObject({
      check: 'db',
      type: 'database',
      critical: true,
      status: 'healthy',
      intervalMs: 1000,
    })
    remove()
    await clock.advance(10_000)
    expect(events).toHaveLength(5)
    expect(events[4]).toMatchObject({ check: 'db', status: 'healthy', ended: true })
    expect(clock.waiting).toBe(0)
  })

  it('wait for the start when they are added before it', async () => {
    const { clock, checks, events, start } = setUp()
    checks.add({ name: 'db', check: () => ({ status: 'healthy' }) })
    await clock.advance(120_000)
    expect(events).toEqual([])
    start()
    await clock.advance(0)
    expect(events).toHaveLength(1)
  })

  it('are cut off at their timeout, told so, and not started again while they hang', async () => {
    const { clock, checks, events, start } = setUp()
    let runs = 0
    let aborted = 0
    start()
    checks.add({
      name: 'hangs',
      interval: 1000,
      timeout: 300,
      check: ({ signal }) => {
        runs++
        signal.addEventListener('abort', () => aborted++)
        return new Promise(() => {})
      },
    })
    checks.add({ name: 'fine', interval: 1000, check: async () => ({ status: 'healthy' }) })
    await clock.advance(2500)
    const of = (check: string) => events.filter((event) => event.check === check)
    expect(of('hangs')).toMatchObject([
      { status: 'unhealthy', message: 'no answer within 300 ms', durationMs: 300 },
      { status: 'unhealthy', message: 'the run before has not ended yet' },
      { status: 'unhealthy' },
    ])
    expect([runs, aborted]).toEqual([1, 1])
    expect(of('fine')).toHaveLength(3)
  })

  it.each([
    [
      'throws',
      () => {
        throw new Error('no route to host')
      },
      'no route to host',
    ],
    [
      'rejects',
      async () => {
        throw new Error('refused')
      },
      'refused',
    ],
    ['answers nothing', () => undefined as never, 'the check answered no status: undefined'],
    ['answers another status', () => ({ status: 'ok' }) as never, 'the check answered no status: ok'],
  ])('are unhealthy when the function %s', async (_, check, message) => {
    const { clock, checks, events, start } = setUp()
    start()
    checks.add({ name: 'odd', check })
    await clock.advance(0)
    expect(events).toMatchObject([{ status: 'unhealthy', message }])
  })

  it('publish details that JSON can hold, and say so of others', async () => {
    const { clock, checks, events, start } = setUp()
    start()
    const loop: Record<string, unknown> = {}
    loop['loop'] = loop
    checks.add({
      name: 'a',
      check: () => ({ status: 'healthy', details: { at: new Date(0), no: undefined } }),
    })
    checks.add({ name: 'b', check: () => ({ status: 'healthy', details: loop }) })
    await clock.advance(0)
    expect(events[0]?.details).toEqual({ at: '1970-01-01T00:00:00.000Z' })
    expect(events[1]?.details?.['error']).toContain('cannot be written as JSON')
  })

  it('keep only their last result while nobody takes it', async () => {
    const { clock, checks, events, start, lose } = setUp()
    start()
    lose(true)
    let n = 0
    checks.add({ name: 'db', interval: 1000, check: () => ({ status: 'healthy', message: String(n++) }) })
    await clock.advance(5500)
    lose(false)
    checks.republish()
    await clock.advance(0)
    expect(events.map((event) => event.message)).toEqual(['5'])
  })

  it('replace one of the same name, and refuse what is no check', async () => {
    const { clock, checks, events, start } = setUp()
    start()
    const removeFirst = checks.add({ name: 'db', interval: 1000, check: () => ({ status: 'unhealthy' }) })
    checks.add({ name: 'db', interval: 1000, check: () => ({ status: 'healthy' }) })
    removeFirst()
    await clock.advance(1000)
    expect(events.map((event) => event.status)).toEqual(['healthy', 'healthy'])
    expect(() => checks.add({ name: '', check: () => ({ status: 'healthy' }) })).toThrow(
      'the health check is not valid: name',
    )
  })
})
