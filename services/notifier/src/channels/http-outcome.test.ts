import { describe, expect, it } from 'vitest'
import { outcomeOfAnswer, outcomeOfFailure, parseRetryAfter } from './http-outcome.ts'

const answer = (status: number, more: { retryAfter?: string; location?: string } = {}) =>
  outcomeOfAnswer(
    { status, retryAfter: more.retryAfter ?? null, location: more.location ?? null, body: 'said' },
    0,
  )

describe('outcomeOfAnswer', () => {
  it.each([
    [200, 'delivered'],
    [204, 'delivered'],
    [400, 'refused'],
    [401, 'refused'],
    [404, 'refused'],
    [408, 'retry'],
    [410, 'refused'],
    [429, 'retry'],
    [500, 'retry'],
    [503, 'retry'],
  ])('takes %i for %s', (status, result) => expect(answer(status)).toMatchObject({ result }))

  it('keeps to the time that the receiver names', () => {
    expect(answer(503, { retryAfter: '30' })).toMatchObject({ retryAfterMs: 30_000 })
    expect(answer(429)).not.toHaveProperty('retryAfterMs')
  })
})

describe('parseRetryAfter', () => {
  it.each([
    ['0', 0],
    ['120', 120_000],
    ['Thu, 01 Jan 1970 00:01:00 GMT', 60_000],
    ['Thu, 01 Jan 1960 00:01:00 GMT', 0],
    ['soon', undefined],
    [null, undefined],
  ])('reads %s as %s', (value, ms) => expect(parseRetryAfter(value, 0)).toBe(ms))
})

describe('outcomeOfFailure', () => {
  const { signal } = new AbortController()
  const wrapped = (code: string) =>
    new TypeError('fetch failed', { cause: Object.assign(new Error('x'), { code }) })

  it.each([
    [wrapped('ECONNREFUSED'), 'connection_refused'],
    [wrapped('ENOTFOUND'), 'dns'],
    [wrapped('CERT_HAS_EXPIRED'), 'tls'],
    [new AggregateError([Object.assign(new Error('x'), { code: 'ECONNREFUSED' })]), 'connection_refused'],
    [new Error('connect ECONNREFUSED 127.0.0.1:25'), 'connection_refused'],
    [new Error('odd'), 'network'],
    ['not an error', 'network'],
  ])('names the reason of %s', (error, reason) =>
    expect(outcomeOfFailure(error, signal)).toMatchObject({ result: 'retry', reason }),
  )

  it('calls what was cut off a timeout', () => {
    expect(outcomeOfFailure(new Error('aborted'), AbortSignal.abort())).toMatchObject({ reason: 'timeout' })
  })
})
