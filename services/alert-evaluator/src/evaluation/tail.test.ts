import { createHead } from '@tocsin/tsdb'
import { expect, test } from 'vitest'
import { createTail, type TailMessage } from './tail.ts'

function createWorld(from = 0) {
  const head = createHead()
  const series = ['a', 'b'].map((name) => {
    const one = head.intern({ __name__: name })
    if (!('ref' in one)) throw new Error(one.detail)
    return one
  })
  const tail = createTail(from)
  return {
    head,
    series,
    tail,
    record: (sequence: number) =>
      tail.record({ timeMs: sequence * 10, sequence, newestMs: sequence * 10 - 1, series }),
    after(sequence: number, most = Number.POSITIVE_INFINITY) {
      const read: TailMessage[] = []
      const isDone = tail.readAfter(sequence, (message) => read.push(message) < most)
      return { sequences: read.map((message) => message.sequence), isDone, read }
    },
  }
}

test('messages after a sequence are read in order, and reading goes on where it stopped', () => {
  const { record, after, series } = createWorld(2)
  for (let sequence = 1; sequence <= 3000; sequence++) record(sequence)
  expect(after(2999).read).toEqual([{ timeMs: 30_000, sequence: 3000, newestMs: 29_999, series }])
  expect(after(0).sequences).toEqual(Array.from({ length: 2998 }, (_, i) => i + 3))
  expect(after(10, 5)).toMatchObject({ sequences: [11, 12, 13, 14, 15], isDone: false })
  expect(after(3000)).toMatchObject({ sequences: [], isDone: true })
})

test('what is old, or too much, is forgotten, and it says since when it knows all', () => {
  const { record, tail, after } = createWorld()
  for (let sequence = 1; sequence <= 3000; sequence++) record(sequence)
  tail.trim(0, 10_000)
  expect(tail.since()).toBe(0)
  tail.trim(15_000, 10_000)
  expect(tail.since()).toBe(1024)
  expect(after(0).sequences[0]).toBe(1025)
  tail.trim(0, 2000)
  expect(tail.since()).toBe(2048)
})

test('the series that a message changes are those that rules read', () => {
  const { head, series, tail } = createWorld()
  const changes = tail.follow(head, ({ name }) => name === 'a')
  const [a, b] = series
  if (!a || !b) throw new Error('no series')
  head.append(a, 1, 1)
  changes.begin()
  head.append(b, 5, 1)
  expect(changes.take()).toEqual({ series: [], newestMs: Number.NEGATIVE_INFINITY })
  changes.begin()
  head.append(a, 4, 1)
  head.append(a, 5, 1)
  expect(changes.take()).toEqual({ series: [a], newestMs: 5 })
})
