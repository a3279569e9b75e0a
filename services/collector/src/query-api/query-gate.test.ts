import { expect, test } from 'vitest'
import { createQueryGate } from './query-gate.ts'

const never = new AbortController().signal

test('no more queries run at once than allowed, and the one that waited longest goes first', async () => {
  const gate = createQueryGate(1)
  const order: string[] = []
  const first = Promise.withResolvers<void>()
  const a = gate.run(never, () => first.promise)
  const b = gate.run(never, async () => void order.push('b'))
  const c = gate.run(never, async () => void order.push('c'))
  await Promise.resolve()
  expect(order).toEqual([])
  first.resolve()
  await Promise.all([a, b, c])
  expect(order).toEqual(['b', 'c'])
})

test('a query that fails gives its place back', async () => {
  const gate = createQueryGate(1)
  await expect(gate.run(never, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken')
  await expect(gate.run(never, () => Promise.resolve(1))).resolves.toBe(1)
})

test('a query whose client left while it waited never runs, and holds no place', async () => {
  const gate = createQueryGate(1)
  const first = Promise.withResolvers<void>()
  const leaving = new AbortController()
  const a = gate.run(never, () => first.promise)
  const b = gate.run(leaving.signal, () => Promise.reject(new Error('must not run')))
  leaving.abort(new Error('left'))
  await expect(b).rejects.toThrow('left')
  first.resolve()
  await a
  await expect(gate.run(never, () => Promise.resolve(1))).resolves.toBe(1)
})
