import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createRecentIds } from './recent-ids.ts'

describe('recent ids', () => {
  test('remember every id within the window and the bound, and forget it in the end', () => {
    const steps = fc.array(fc.record({ id: fc.nat(30), step: fc.nat(400) }), { maxLength: 100, size: 'max' })
    const property = fc.property(steps, (list) => {
      const ids = createRecentIds(8, 1_000)
      const added: { id: string; time: number }[] = []
      let now = 0
      for (const { id: number, step } of list) {
        now += step
        const id = String(number)
        const at = added.findLastIndex((one) => one.id === id)
        const age = now - (added[at]?.time ?? -Infinity)
        const later = new Set(added.slice(at + 1).map((one) => one.id)).size
        if (age < 1_000 && later < 7) expect(ids.has(id, now)).toBe(true)
        if (age >= 3_000) expect(ids.has(id, now)).toBe(false)
        ids.add(id, now)
        added.push({ id, time: now })
      }
      const { current, previous } = ids.dump()
      expect(current.length + previous.length).toBeLessThanOrEqual(16)
    })
    fc.assert(property, { numRuns: 200 })
  })

  test('survive being dumped and loaded', () => {
    const ids = createRecentIds(10, 1_000)
    ids.add('a', 5_000)
    const restored = createRecentIds(10, 1_000)
    restored.load(ids.dump())
    expect(restored.has('a', 5_500)).toBe(true)
    expect(restored.has('a', 9_000)).toBe(false)
  })
})
