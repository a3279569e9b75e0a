import { describe, expect, it } from 'vitest'
import { decodeAnswer } from '../../../test/otlp/encode-otlp.ts'
import { OtlpError } from '../otlp-error.ts'
import { answerFault, answerResult } from './answers.ts'

const json = (body: Uint8Array) => JSON.parse(Buffer.from(body).toString())

describe('the answer to what is stored', () => {
  const whole = { accepted: 3, rejected: 0, reason: '' }
  const part = { accepted: 3, rejected: 300, reason: 'invalid_name: ä' }

  it('is empty when it is all of it', () => {
    expect(answerResult('traces', whole, 'protobuf')).toMatchObject({
      status: 200,
      headers: { 'Content-Type': 'application/x-protobuf', 'Content-Length': '0' },
    })
    expect(json(answerResult('traces', whole, 'json').body)).toEqual({})
  })

  it('says how much is refused, and why', () => {
    const { body } = answerResult('metrics', part, 'protobuf')
    expect(decodeAnswer('ExportResponse', body)).toEqual({
      partialSuccess: { rejected: 300, errorMessage: 'invalid_name: ä' },
    })
    expect(json(answerResult('metrics', part, 'json').body)).toEqual({
      partialSuccess: { rejectedDataPoints: '300', errorMessage: 'invalid_name: ä' },
    })
    expect(json(answerResult('traces', part, 'json').body)).toMatchObject({
      partialSuccess: { rejectedSpans: '300' },
    })
  })
})

describe('the answer to what is not taken', () => {
  it('is a status of google.rpc in the encoding of the request', () => {
    const fault = new OtlpError('invalid_protobuf', 'no message')
    const answer = answerFault(fault, 'protobuf')
    expect(answer.status).toBe(400)
    expect(decodeAnswer('RpcStatus', answer.body)).toEqual({ code: 3, message: 'no message' })
    expect(json(answerFault(fault, 'json').body)).toEqual({ code: 3, message: 'no message' })
  })

  it('says when to come again where that may help', () => {
    const busy = answerFault(new OtlpError('unavailable', 'later'), 'json')
    expect([busy.status, busy.headers['Retry-After']]).toEqual([503, '2'])
    const never = answerFault(new OtlpError('too_large', 'never'), 'json')
    expect([never.status, never.headers['Retry-After']]).toEqual([413, undefined])
  })
})
