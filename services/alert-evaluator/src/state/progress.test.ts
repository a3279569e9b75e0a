import { expect, test } from 'vitest'
import { createProgress } from './progress.ts'

const turn = () => new Promise((resolve) => setImmediate(resolve))

test('progress waits for the oldest evaluation that is not durable', async () => {
  const progress = createProgress(10)
  const [a, b] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  progress.begin(11, [])
  expect(progress.durable()).toBe(11)
  progress.begin(12, [a.promise])
  progress.begin(13, [b.promise])
  progress.begin(14, [])
  expect(progress.durable()).toBe(11)
  b.resolve()
  await turn()
  expect(progress.durable()).toBe(11)
  a.resolve()
  await turn()
  expect(progress.durable()).toBe(14)
})
