import { expect, it } from 'vitest'
import { createRecentIds } from './recent-ids.ts'

it('remembers the newest ids and forgets the oldest', () => {
  const recent = createRecentIds(2)
  for (const id of ['a', 'b', 'c']) recent.add(id)
  expect(['a', 'b', 'c'].map((id) => recent.has(id))).toEqual([false, true, true])
})
