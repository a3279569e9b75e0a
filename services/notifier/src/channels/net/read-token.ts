import { z } from 'zod'

/** What is shown with a call, and for how long it is good; undefined: until it is refused. */
export interface Token {
  readonly authorization: string
  readonly lifetimeMs: number | undefined
}

const seconds = z.union([z.number(), z.string().regex(/^\d+$/).transform(Number)])
const granted = z.object({
  access_token: z.string().regex(/^[\x21-\x7e]+$/),
  token_type: z
    .string()
    .regex(/^[\w-]+$/)
    .default('Bearer'),
  expires_in: seconds.nullish(),
})
const denied = z.object({ error: z.string(), error_description: z.string().optional() })

/** The token of an answer (RFC 6749, 5.1); undefined where it holds none. */
export function readToken(body: string): Token | undefined {
  const { data } = granted.safeParse(jsonOf(body))
  if (data === undefined) return undefined
  const type = /^bearer$/i.test(data.token_type) ? 'Bearer' : data.token_type
  const lasts = (data.expires_in ?? 0) > 0
  return {
    authorization: `${type} ${data.access_token}`,
    lifetimeMs: lasts ? (data.expires_in ?? 0) * 1000 : undefined,
  }
}

/** Why there is none: the error that it names (RFC 6749, 5.2), or the beginning of what it says. */
export function readDenial(body: string): string {
  const { data } = denied.safeParse(jsonOf(body))
  if (data) return data.error_description ? `${data.error}: ${data.error_description}` : data.error
  return body.replace(/\s+/g, ' ').trim().slice(0, 200)
}

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}
