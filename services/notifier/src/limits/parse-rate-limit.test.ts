import { expect, it } from 'vitest'
import { parseRateLimit } from './parse-rate-limit.ts'

it.each([
  ['100/1h', { limit: 100, perMs: 3_600_000 }],
  ['5/m', { limit: 5, perMs: 60_000 }],
  [' 3 / 1m30s ', { limit: 3, perMs: 90_000 }],
  ['0/1h', undefined],
  ['10001/1h', undefined],
  ['100', undefined],
  ['100/', undefined],
  ['100/0s', undefined],
  ['many/1h', undefined],
  ['-1/1h', undefined],
])('reads %s', (text, wanted) => {
  expect(parseRateLimit(text)).toEqual(wanted)
})
