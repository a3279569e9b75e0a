import { redactUrls } from '@tocsin/runtime'

export type Redact = (text: string) => string

const SHORTEST_SECRET = 4

/** Replaces every one of the secrets in a text, and the password of every URL. */
export function createRedact(secrets: readonly string[]): Redact {
  const known = [...new Set(secrets.flatMap(spellings))]
    .filter((secret) => secret.length >= SHORTEST_SECRET)
    .sort((a, b) => b.length - a.length)
  return (text) => redactUrls(known.reduce((shown, secret) => shown.replaceAll(secret, '***'), text))
}

function spellings(secret: string): string[] {
  return [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')]
}
