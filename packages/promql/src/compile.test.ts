import { describe, expect, it } from 'vitest'
import { compile } from './compile.ts'
import { createMemoryStorage } from './promqltest/memory-storage.ts'

describe('compile', () => {
  it('tells which series an expression reads and how far back', () => {
    const { selectors } = compile(
      'rate(a_total[5m] offset 1m) > on () (max_over_time(b{x="y"}[1h:1m]) or c @ 10)',
    )
    expect(
      selectors.map(({ matchers, rangeMs, offsetMs, at, reachMs }) => ({
        names: matchers.map(({ name }) => name),
        rangeMs,
        offsetMs,
        at,
        reachMs,
      })),
    ).toEqual([
      { names: ['__name__'], rangeMs: 300_000, offsetMs: 60_000, at: undefined, reachMs: 360_000 },
      { names: ['x', '__name__'], rangeMs: 0, offsetMs: 0, at: undefined, reachMs: 3_900_000 },
      { names: ['__name__'], rangeMs: 0, offsetMs: 0, at: 10_000, reachMs: Number.POSITIVE_INFINITY },
    ])
  })

  it('evaluates in one go and in slices alike', async () => {
    const storage = createMemoryStorage()
    storage.load({ __name__: 'm', i: '1' }, 1000, [1, 2, 3])
    const rule = compile('sum by (i) (m) > 2')
    const wanted = { type: 'vector', value: [{ labels: { i: '1' }, value: 3 }] }
    expect(rule.evaluate(storage, 2000)).toMatchObject(wanted)
    expect(await rule.evaluateInSlices(storage, 2000)).toMatchObject(wanted)
    expect(rule.evaluate(storage, 1000)).toMatchObject({ type: 'vector', value: [] })
  })

  it('gives the same labels object for the same group at every evaluation', () => {
    const storage = createMemoryStorage()
    storage.load({ __name__: 'm', i: '1' }, 1000, [1, 2])
    const rule = compile('sum by (i) (m)')
    const labels = [0, 1000].map((time) => {
      const result = rule.evaluate(storage, time)
      return result.type === 'vector' ? result.value[0]?.labels : undefined
    })
    expect(labels[0]).toBe(labels[1])
  })
})
