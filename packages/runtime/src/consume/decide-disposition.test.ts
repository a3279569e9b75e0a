import { describe, expect, it } from 'vitest'
import { CodedError } from '../coded-error.ts'
import { decideDisposition, defaultLimits } from './decide-disposition.ts'
import { RefusedError } from './stages.ts'

const busy = new CodedError('smtp_busy', 'try later', { retryable: true })
const final = new CodedError('no_such_channel', 'there is no channel x')

describe('what becomes of a message', () => {
  it.each([
    ['an end without error is acknowledged under its reason', { done: 'duplicate' }, 1, 'ack duplicate'],
    [
      'a refusal is terminated',
      { error: new RefusedError('invalid_json', 'not JSON') },
      1,
      'term invalid_json',
    ],
    ['a retryable error comes back', { error: busy }, 1, 'nak smtp_busy'],
    ['a retryable error comes back however often', { error: busy }, 10_000, 'nak smtp_busy'],
    ['an error that is declared final is terminated', { error: final }, 1, 'term no_such_channel'],
    ['an unknown error comes back', { error: new TypeError('x is not a function') }, 1, 'nak handler_failed'],
    [
      'an unknown error is terminated after the most deliveries',
      { error: new TypeError('x') },
      8,
      'term handler_failed',
    ],
    [
      'a system error is known by its code',
      { error: Object.assign(new Error('x'), { code: 'ECONNREFUSED' }) },
      1,
      'nak econnrefused',
    ],
    ['what is thrown need not be an error', { error: 'oh no' }, 1, 'nak handler_failed'],
    [
      'a code that could be anything is no label',
      { error: Object.assign(new Error('x'), { code: 'User 17 has no rights!' }) },
      1,
      'nak handler_failed',
    ],
  ] as const)('%s', (_name, outcome, deliveries, expected) => {
    const { action, reason } = decideDisposition(outcome, deliveries)
    expect(`${action} ${reason}`).toBe(expected)
  })

  it('doubles the delay with every delivery, up to the most', () => {
    const delays = [1, 2, 3, 9, 50].map((deliveries) => {
      const decided = decideDisposition({ error: busy }, deliveries)
      return decided.action === 'nak' ? decided.delayMs : undefined
    })
    expect(delays).toEqual([250, 500, 1000, defaultLimits.mostDelayMs, defaultLimits.mostDelayMs])
  })
})
