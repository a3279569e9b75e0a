import { expect, it } from 'vitest'
import { createWritten } from './written.ts'

it('knows the record of a text once, and of no other text', () => {
  const written = createWritten<object>()
  const [first, second] = [{ a: 1 }, { a: 2 }]
  written.note('x', '1', first)
  written.note('x', '2', second)
  expect(written.recall('x', '1')).toBeUndefined()
  expect(written.recall('x', '2')).toBe(second)
  expect(written.recall('x', '2')).toBeUndefined()
})

it('forgets the oldest of many', () => {
  const written = createWritten<number>()
  for (let i = 0; i <= 10_000; i++) written.note(`${i}`, '', i)
  expect([written.recall('0', ''), written.recall('1', '')]).toEqual([undefined, 1])
})
