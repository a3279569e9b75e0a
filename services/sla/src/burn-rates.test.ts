import { describe, expect, it } from 'vitest'
import { burnRate } from './burn-rates.ts'

describe('a burn rate', () => {
  it.each([
    ['is 1 where failures are just what the target allows', 'met', 0.999, 1],
    ['is 14.4 where a month’s budget lasts two days', 'breached', 0.9856, 14.4],
    ['is 0 where nothing failed', 'met', 1, 0],
    ['is 0 without traffic: nothing is spent', 'no_traffic', null, 0],
    ['is unknown without data', 'no_data', null, null],
  ])('%s', (_, state, compliance, expected) => {
    const rate = burnRate(state, compliance, 0.999)
    if (expected === null) expect(rate).toBeNull()
    else expect(rate).toBeCloseTo(expected, 6)
  })
})
