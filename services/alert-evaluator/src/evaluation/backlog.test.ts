import { expect, test } from 'vitest'
import { createBacklog } from './backlog.ts'

function createWorld() {
  const world = { wall: 1_000_000, monotonic: 0 }
  const backlog = createBacklog({ wall: () => world.wall, monotonic: () => world.monotonic })
  return {
    pass(ms: number) {
      world.wall += ms
      world.monotonic += ms
    },
    /** Reads a message that was stored so long ago. */
    read: (agoMs: number) => backlog.isBehind(world.wall - agoMs),
  }
}

test('a message that is much later than usual shows a backlog, whatever the clocks say', () => {
  for (const skew of [0, 5000, -5000]) {
    const { read, pass } = createWorld()
    expect([read(skew + 1), read(skew + 200)]).toEqual([false, false])
    pass(1000)
    expect([read(skew + 900), read(skew + 300), read(skew + 2)]).toEqual([true, true, false])
  }
})

test('what takes too long to go through is given up until it is over', () => {
  const { read, pass } = createWorld()
  read(1)
  expect(read(3000)).toBe(true)
  pass(2001)
  expect(read(3000)).toBe(false)
  expect(read(1)).toBe(false)
  expect(read(3000)).toBe(true)
})

test('a clock that was set is got used to', () => {
  const { read, pass } = createWorld()
  read(1)
  for (let minute = 0; minute < 5; minute++) {
    pass(61_000)
    read(5001)
  }
  expect(read(5001)).toBe(false)
})
