import { afterAll, beforeAll, expect, it } from 'vitest'
import { readLog } from '../src/delivery/read-log.ts'
import { type BusWorld, startBus } from './start-bus.ts'

const COUNT = 200
let world: BusWorld
beforeAll(async () => {
  world = await startBus()
  const { bus } = world
  const text = 'x'.repeat(100_000)
  for (let i = 0; i < COUNT; i++)
    await bus.publish(bus.subjects.deadLetter('notifier', 'tried'), { i, text }, { msgId: `${i}` })
})
afterAll(() => world.stop())

const ask = (onFirst = () => {}) => {
  let isFirst = true
  return readLog(world.bus, {
    stream: 'DEAD_LETTERS',
    filterSubject: undefined,
    limit: COUNT,
    read(message) {
      if (isFirst) onFirst()
      isFirst = false
      return message.json<{ i: number }>().i
    },
  })
}

it('a log of which NATS sends only a part is asked for again, and not taken for the whole', async () => {
  const whole = await ask()
  expect(whole.complete).toBe(true)
  expect(whole.found).toEqual(Array.from({ length: COUNT }, (_, i) => COUNT - 1 - i))

  const part = ask(() => void world.nats.pause())
  await expect(part).rejects.toThrow()
  await world.nats.resume()
  expect((await ask()).found).toHaveLength(COUNT)
})
