import { redactUrls } from '@tocsin/runtime'

export type Redact = (text: string) => string

const SHORTEST_SECRET = 4
/** Of `<id>:<token>`, a part as long as this is a secret by itself. */
const SHORTEST_PART = 12

/** Replaces every one of the secrets in a text, and the password of every URL. */
export function createRedact(secrets: readonly string[]): Redact {
  const known = [...new Set(secrets.flatMap(spellings))]
    .filter((secret) => secret.length >= SHORTEST_SECRET)
    .sort((a, b) => b.length - a.length)
  return (text) => redactUrls(known.reduce((shown, secret) => shown.replaceAll(secret, '***'), text))
}

function spellings(secret: string): string[] {
  const parts = secret.split(':').filter((part) => part.length >= SHORTEST_PART)
  return [secret, ...parts].flatMap((text) => [
    text,
    encodeURIComponent(text),
    Buffer.from(text).toString('base64'),
  ])
}
