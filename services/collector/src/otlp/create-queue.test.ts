import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { createQueue } from './create-queue.ts'

it('goes through one after the other, and lets others have their turn in between', async () => {
  const seen: string[] = []
  function* work(name: string) {
    for (let i = 0; i < 3; i++) {
      // As long as a turn lasts.
      for (const begun = performance.now(); performance.now() - begun < 5; );
      seen.push(name)
      yield
    }
    return name
  }
  const queue = createQueue()
  let isDone = false
  const all = Promise.all([queue(work('a')), queue(work('b'))]).finally(() => {
    isDone = true
  })
  while (!isDone) {
    await nextTurn()
    seen.push('other')
  }
  expect(await all).toEqual(['a', 'b'])
  expect(seen.filter((name) => name !== 'other')).toEqual(['a', 'a', 'a', 'b', 'b', 'b'])
  expect(
    seen.slice(seen.indexOf('a'), seen.lastIndexOf('b')).filter((name) => name === 'other').length,
  ).toBeGreaterThan(2)
})

it('goes on after one that fails', async () => {
  function* failing(): Generator<void, never> {
    yield
    throw new Error('no')
  }
  function* fine() {
    yield
    return 1
  }
  const queue = createQueue()
  const failed = queue(failing())
  const next = queue(fine())
  await expect(failed).rejects.toThrow('no')
  expect(await next).toBe(1)
})
