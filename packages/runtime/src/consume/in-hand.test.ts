import { testClock } from '@tocsin/testkit'
import { describe, expect, it } from 'vitest'
import { createInHand } from './in-hand.ts'

function setUp() {
  const clock = testClock()
  const replies: string[] = []
  let released = 0
  const inHand = createInHand(clock, 1000, () => true)
  /** A delivery, as far as it is told from others: its answers are written down under `name`. */
  const take = (sequence: number, name: string) => {
    const message = { respond: (reply: string) => replies.push(`${name} ${reply}`) }
    const position = {
      stream: 'S',
      deliveryCount: 1,
      streamSequence: sequence,
      consumerSequence: 1,
      timeMs: 0,
      pending: 0,
    }
    return inHand.take(message as never, position, () => void released++)
  }
  return { clock, inHand, take, replies, released: () => released }
}

describe('messages in hand', () => {
  it('are not taken twice; the newest delivery is the one that is answered', () => {
    const { inHand, take, replies, released } = setUp()
    const held = take(1, 'first')
    expect(take(1, 'second')).toBeUndefined()
    expect(released()).toBe(1)
    if (held) inHand.settle(held, '+ACK', true)
    expect(replies).toEqual(['second +ACK'])
    expect(take(1, 'third')).toBeUndefined()
    expect(replies).toEqual(['second +ACK', 'third +ACK'])
    inHand.stop()
  })

  it('are taken again when they were given back', () => {
    const { inHand, take } = setUp()
    const held = take(1, 'first')
    if (held) inHand.settle(held, '-NAK', false)
    expect(take(1, 'second')).toBeDefined()
    inHand.stop()
  })

  it('are kept alive at the server while they are held', async () => {
    const { clock, inHand, take, replies } = setUp()
    const held = take(1, 'a')
    await clock.advance(2500)
    expect(replies).toEqual(['a +WPI', 'a +WPI'])
    if (held) inHand.settle(held, '+ACK', true)
    await clock.advance(5000)
    expect(replies).toHaveLength(3)
    inHand.stop()
    expect(clock.pending).toBe(0)
  })

  it('of a stream that is gone are not answered: the answer would settle another message', async () => {
    const { inHand, take, replies } = setUp()
    const old = take(1, 'old')
    inHand.forget()
    const fresh = take(1, 'new')
    if (old) inHand.settle(old, '+ACK', true)
    expect(replies).toEqual([])
    if (fresh) inHand.settle(fresh, '+ACK', true)
    expect(replies).toEqual(['new +ACK'])
    await inHand.empty()
    inHand.stop()
  })
})
