import { getEventListeners } from 'node:events'
import { testClock } from '@tocsin/testkit'
import { describe, expect, it } from 'vitest'
import { createGate } from './gate.ts'

function start(pace: { concurrency: number; spacingMs: number }) {
  const clock = testClock()
  const startMs = clock.now()
  const gate = createGate(() => pace, clock)
  const begun: string[] = []
  const stopping = new AbortController()
  const run = (name: string, { urgent = false, takesMs = 0, signal = stopping.signal } = {}) =>
    gate.run(
      async () => {
        begun.push(`${name} ${clock.now() - startMs}`)
        if (takesMs > 0) await new Promise<void>((resolve) => clock.setTimeout(resolve, takesMs))
      },
      { urgent, signal },
    )
  return { clock, gate, begun, run, stopping, startMs }
}

describe('a gate', () => {
  it('lets no more in at once than it may', async () => {
    const { clock, begun, run } = start({ concurrency: 2, spacingMs: 0 })
    const all = Promise.all(['a', 'b', 'c'].map((name) => run(name, { takesMs: 10 })))
    await clock.advance(100)
    await all
    expect(begun).toEqual(['a 0', 'b 0', 'c 10'])
  })

  it('leaves the time that is asked for between two beginnings', async () => {
    const { clock, begun, run } = start({ concurrency: 5, spacingMs: 1000 })
    const all = Promise.all(['a', 'b', 'c'].map((name) => run(name)))
    await clock.advance(5000)
    await all
    expect(begun).toEqual(['a 0', 'b 1000', 'c 2000'])
  })

  it('lets what is urgent go first, which waits for no more than the spacing', async () => {
    const { clock, begun, run } = start({ concurrency: 1, spacingMs: 1000 })
    const usual = ['a', 'b', 'c', 'd'].map((name) => run(name))
    await clock.advance(500)
    const all = Promise.all([...usual, run('critical', { urgent: true })])
    await clock.advance(5000)
    await all
    expect(begun).toEqual(['a 0', 'critical 1000', 'b 2000', 'c 3000', 'd 4000'])
  })

  it('holds everything back until a moment', async () => {
    const { clock, gate, begun, run, startMs } = start({ concurrency: 1, spacingMs: 0 })
    gate.holdUntil(startMs + 60_000)
    const done = run('a', { urgent: true })
    await clock.advance(60_000)
    await done
    expect(begun).toEqual(['a 60000'])
  })

  it('lets go of what waits when it is to stop, and of nothing that has begun', async () => {
    const { clock, begun, run, stopping } = start({ concurrency: 1, spacingMs: 1000 })
    const first = run('a', { takesMs: 10 })
    const second = expect(run('b')).rejects.toMatchObject({ code: 'stopping', retryable: true })
    await clock.advance(1)
    stopping.abort()
    await second
    await clock.advance(5000)
    await first
    expect(begun).toEqual(['a 0'])
    expect(clock.pending).toBe(0)
  })

  it('listens to a signal once, and for as long as anything waits by it', async () => {
    const { clock, run, stopping } = start({ concurrency: 1, spacingMs: 0 })
    const listeners = () => getEventListeners(stopping.signal, 'abort').length
    const all = Promise.all(['a', 'b', 'c'].map((name) => run(name, { takesMs: 10 })))
    expect(listeners()).toBe(1)
    await clock.advance(10)
    expect(listeners()).toBe(1)
    await clock.advance(10)
    expect(listeners()).toBe(0)
    await clock.advance(10)
    await all
  })
})
