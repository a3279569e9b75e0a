import { expect, it } from 'vitest'
import { createInOrder } from './in-order.ts'

const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

it('runs tasks of one key one after the other, also after one that failed, and other keys beside them', async () => {
  const inOrder = createInOrder()
  const seen: string[] = []
  const task =
    (name: string, fails = false) =>
    async () => {
      seen.push(`${name} begins`)
      await turn()
      seen.push(`${name} ends`)
      if (fails) throw new Error(name)
    }
  const failing = expect(inOrder('a', task('a1', true))).rejects.toThrow('a1')
  await Promise.all([inOrder('a', task('a2')), inOrder('b', task('b1')), failing])
  expect(seen.filter((what) => what.startsWith('a'))).toEqual([
    'a1 begins',
    'a1 ends',
    'a2 begins',
    'a2 ends',
  ])
  expect(seen.indexOf('b1 begins')).toBeLessThan(seen.indexOf('a1 ends'))
})
