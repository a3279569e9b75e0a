import { expect, test } from 'vitest'
import { waitFor } from './wait-for.ts'

test('waitFor returns the first truthy value', async () => {
  let asked = 0
  expect(await waitFor(() => ++asked > 3 && { asked })).toEqual({ asked: 4 })
})

test('waitFor takes a condition that throws for one that is not yet true', async () => {
  let asked = 0
  const condition = async () => {
    if (++asked < 3) throw new Error('not yet')
    return 'here'
  }
  expect(await waitFor(condition)).toBe('here')
})

test('waitFor says what it waited for and what went wrong last', async () => {
  const condition = () => {
    throw new Error('connection refused')
  }
  await expect(waitFor(condition, { timeoutMs: 20, what: 'the alert to fire' })).rejects.toThrow(
    'waited 20 ms in vain for the alert to fire: connection refused',
  )
})
