import { createHmac, timingSafeEqual } from 'node:crypto'

/** Headers of a signed request: seconds since the epoch, and `sha256=<hex>`. */
export const TIMESTAMP_HEADER = 'x-tocsin-timestamp'
export const SIGNATURE_HEADER = 'x-tocsin-signature'

export interface SignedRequest {
  readonly timestamp: string | undefined
  readonly signature: string | undefined
  readonly method: string
  /** With its query. */
  readonly path: string
  readonly body: Uint8Array
}

export type SignatureFault = 'unsigned' | 'stale' | 'wrong_signature'

/**
 * Whether a request was signed with the secret, and lately. Signed is `<timestamp>.<body>`; where there is no body, the
 * method and the path stand for it, so that one signature does not fit all of those.
 */
export function checkSignature(
  { timestamp, signature, method, path, body }: SignedRequest,
  { secret, windowMs, nowMs }: { readonly secret: string; readonly windowMs: number; readonly nowMs: number },
): SignatureFault | undefined {
  if (timestamp === undefined || signature === undefined) return 'unsigned'
  if (!/^\d{1,12}$/.test(timestamp) || Math.abs(Number(timestamp) * 1000 - nowMs) > windowMs) return 'stale'
  const hmac = createHmac('sha256', secret).update(`${timestamp}.`)
  hmac.update(body.byteLength > 0 ? body : `${method} ${path}`)
  const expected = hmac.digest()
  const given = Buffer.from(/^sha256=([0-9a-f]{64})$/i.exec(signature)?.[1] ?? '', 'hex')
  return given.byteLength === expected.byteLength && timingSafeEqual(given, expected)
    ? undefined
    : 'wrong_signature'
}
