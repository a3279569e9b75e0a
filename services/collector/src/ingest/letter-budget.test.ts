import { expect, it } from 'vitest'
import { createLetterBudget } from './letter-budget.ts'

it('lets a source have a hundred letters of a reason in a minute of its messages, and again in the next', () => {
  const hasLetter = createLetterBudget()
  const count = (source: string, reason: string, atMs: number) =>
    Array.from({ length: 1000 }, () => hasLetter(source, reason, atMs)).filter(Boolean).length
  expect(count('shop', 'series_limit_metric', 0)).toBe(100)
  expect(count('shop', 'series_limit_metric', 59_999)).toBe(0)
  expect(count('shop', 'byte_limit', 59_999)).toBe(100)
  expect(count('other', 'series_limit_metric', 59_999)).toBe(100)
  expect(count('shop', 'series_limit_metric', 60_000)).toBe(100)
})
