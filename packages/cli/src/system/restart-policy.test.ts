import { expect, test } from 'vitest'
import { decideRestart } from './restart-policy.ts'

test.each([
  ['the first death', [1000], { action: 'restart', delayMs: 500 }],
  ['the second within a minute', [1000, 2000], { action: 'restart', delayMs: 1000 }],
  ['the fourth within a minute', [1000, 2000, 3000, 4000], { action: 'restart', delayMs: 4000 }],
  [
    'the fifth within a minute',
    [1000, 2000, 3000, 4000, 60_999],
    { action: 'give-up', reason: 'died 5 times within 60 s' },
  ],
  [
    'the fifth when the first is long ago',
    [1000, 2000, 3000, 4000, 61_000],
    { action: 'restart', delayMs: 4000 },
  ],
])('after %s of a part', (_, deaths, decision) => {
  expect(decideRestart(deaths)).toEqual(decision)
})
