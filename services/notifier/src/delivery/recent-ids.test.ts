import { expect, it } from 'vitest'
import { createRecentIds } from './recent-ids.ts'

it('remembers the newest ids, and forgets old ones', () => {
  const recent = createRecentIds(2)
  for (const id of ['a', 'b', 'c', 'd', 'e']) recent.add(id)
  expect(['a', 'b', 'c', 'd', 'e'].map((id) => recent.has(id))).toEqual([false, false, true, true, true])
})
