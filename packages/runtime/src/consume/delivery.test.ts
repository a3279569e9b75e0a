import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parsePosition } from './delivery.ts'

describe('the position of a message', () => {
  it('is read from the reply subject, with and without a domain', () => {
    const expected = {
      stream: 'METRICS',
      deliveryCount: 2,
      streamSequence: 17,
      consumerSequence: 5,
      timeMs: 1_700_000_000_000.5,
      pending: 3,
    }
    expect(parsePosition('$JS.ACK.METRICS.c.2.17.5.1700000000000500000.3')).toEqual(expected)
    expect(parsePosition('$JS.ACK.hub.ABC123.METRICS.c.2.17.5.1700000000000500000.3')).toEqual(expected)
    expect(parsePosition('$JS.ACK.hub.ABC123.METRICS.c.2.17.5.1700000000000500000.3.rnd')).toEqual(expected)
  })

  it('is not guessed from anything else', () => {
    expect(parsePosition(undefined)).toBeUndefined()
    expect(parsePosition('$JS.ACK.')).toBeUndefined()
    fc.assert(
      fc.property(fc.string(), (reply) => {
        fc.pre(!reply.startsWith('$JS.ACK.'))
        expect(parsePosition(reply)).toBeUndefined()
      }),
    )
  })
})
