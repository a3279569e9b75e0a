import type { CustomRule } from '@tocsin/contract'
import { describe, expect, it } from 'vitest'
import { createFakeClock } from '../../test/fake-clock.ts'
import { MonitoringError } from '../errors.ts'
import { createRuleQueue } from './custom-rules.ts'

const rule = (name: string): CustomRule => ({ name, expression: 'up == 0', severity: 'high' })

function setUp() {
  const clock = createFakeClock()
  const stored: string[] = []
  const warnings: string[] = []
  let attempts = 0
  const state: { way: 'none' | 'away' | 'open' } = { way: 'none' }
  const queue = createRuleQueue({
    clock,
    warn: (_, message) => warnings.push(message),
    put: () =>
      state.way === 'none'
        ? undefined
        : async (sent) => {
            attempts++
            if (state.way === 'away') throw new MonitoringError('unavailable', 'nobody answered')
            stored.push(sent.name)
          },
  })
  return { clock, queue, stored, warnings, state, attempts: () => attempts }
}

describe('custom rules', () => {
  it('are kept until there is a way to the evaluator', async () => {
    const { clock, queue, stored, state } = setUp()
    const receipt = queue.add(rule('a'))
    await clock.advance(10_000)
    expect(await receipt).toEqual({ name: 'a', state: 'kept' })
    state.way = 'open'
    queue.retry()
    await clock.advance(0)
    expect(stored).toEqual(['a'])
  })

  it('are never lost in silence: it is said when one waits, and when the end comes first', async () => {
    const { clock, queue, warnings } = setUp()
    const added = queue.add(rule('a'))
    await clock.advance(10_000)
    expect(warnings).toEqual([
      "alert rule 'a' has not reached the alert-evaluator: it is kept in memory and sent again",
    ])
    void queue.add(rule('b'))
    await clock.advance(0)
    queue.stop()
    expect(warnings[1]).toBe(
      'shutdown() came before the alert-evaluator had the alert rules a, b: add them again',
    )
    expect((await added).state).toBe('kept')
  })

  it('are tried again with growing pauses, for ever', async () => {
    const { clock, queue, stored, state, attempts } = setUp()
    state.way = 'away'
    void queue.add(rule('a'))
    void queue.add(rule('b'))
    await clock.advance(600_000)
    expect(attempts()).toBeGreaterThan(40)
    expect(attempts()).toBeLessThan(60)
    state.way = 'open'
    await clock.advance(15_000)
    expect(stored).toEqual(['a', 'b'])
    expect(clock.waiting).toBe(0)
  })

  it('are bounded in number', async () => {
    const { clock, queue, warnings } = setUp()
    for (let i = 0; i < 1000; i++) void queue.add(rule(`rule ${i}`))
    await expect(queue.add(rule('one too many'))).rejects.toMatchObject({ code: 'overloaded' })
    expect(warnings).toHaveLength(1)
    queue.stop()
    await clock.advance(0)
    expect(clock.waiting).toBe(0)
  })

  it('are forgotten when they are removed before they arrived', async () => {
    const { clock, queue, stored, state } = setUp()
    const added = queue.add(rule('a'))
    await clock.advance(0)
    queue.forget('a')
    await expect(added).rejects.toMatchObject({ code: 'closed' })
    state.way = 'open'
    queue.retry()
    await clock.advance(0)
    expect(stored).toEqual([])
  })
})
