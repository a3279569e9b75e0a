import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { checkSignature } from './check-signature.ts'

const nowMs = Date.UTC(2026, 2, 1, 12)
const timestamp = String(nowMs / 1000)
const settings = { secret: 'shared', windowMs: 300_000, nowMs }
const sign = (text: string) => `sha256=${createHmac('sha256', 'shared').update(text).digest('hex')}`
const body = new TextEncoder().encode('{"title":"x"}')
const request = { timestamp, signature: sign(`${timestamp}.{"title":"x"}`), method: 'POST', path: '/a', body }

describe('checkSignature', () => {
  it('takes what was signed with the secret a moment ago', () => {
    expect(checkSignature(request, settings)).toBeUndefined()
    expect(checkSignature(request, { ...settings, nowMs: nowMs + 300_000 })).toBeUndefined()
  })

  it.each([
    ['unsigned', { signature: undefined }],
    ['unsigned', { timestamp: undefined }],
    ['stale', { timestamp: String(nowMs / 1000 - 301) }],
    ['stale', { timestamp: String(nowMs / 1000 + 301) }],
    ['stale', { timestamp: `${timestamp}.0` }],
    ['stale', { timestamp: '-1' }],
    ['wrong_signature', { timestamp: String(nowMs / 1000 - 1) }],
    ['wrong_signature', { body: new TextEncoder().encode('{"title":"y"}') }],
    ['wrong_signature', { signature: 'sha256=00' }],
    ['wrong_signature', { signature: 'sha1=00' }],
    ['wrong_signature', { signature: '' }],
  ] as const)('refuses as %s what differs in %j', (fault, change) => {
    expect(checkSignature({ ...request, ...change }, settings)).toBe(fault)
  })

  it('binds what has no body to its method and path', () => {
    const bare = { ...request, method: 'DELETE', path: '/api/v2/silence/1', body: new Uint8Array() }
    const signature = sign(`${timestamp}.DELETE /api/v2/silence/1`)
    expect(checkSignature({ ...bare, signature }, settings)).toBeUndefined()
    expect(checkSignature({ ...bare, signature, path: '/api/v2/silence/2' }, settings)).toBe(
      'wrong_signature',
    )
  })
})
