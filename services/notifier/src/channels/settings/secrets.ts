import { CodedError } from '@tocsin/runtime'
import { createRedact } from '../../delivery/redact.ts'
import { readSecretFile } from './tls-config.ts'

/** The value of a secret; of one in a file, as it stands there now. */
export type SecretSource = () => Promise<string>

/** What a channel must not show: known from its settings, and learnt from files. */
export interface Secrets {
  /** Every secret so far, the newest of each file. */
  readonly all: readonly string[]
  add(...texts: readonly (string | undefined)[]): void
  /** One that others will take the place of, such as a token: the latest few are known. */
  addPassing(text: string): void
  /** A secret that is given, or stands in a file; undefined where neither is set. */
  source(value: string | undefined, file: string | undefined): SecretSource | undefined
  /** An address whose path is a secret, given or in a file, one of which is set. */
  address(value: string | undefined, file: string | undefined): SecretSource
  /** The text without any of them. */
  hide(text: string): string
}

/** What is on its way with the one before may still be answered, and the answer repeat it. */
const MOST_PASSING = 8

export function createSecrets(): Secrets {
  const lasting = new Set<string>()
  let passing: readonly string[] = []
  const all = () => [...lasting, ...passing]
  let redact = createRedact([])
  const add = (...texts: readonly (string | undefined)[]) => {
    const before = lasting.size
    for (const text of texts) if (text && !passing.includes(text)) lasting.add(text)
    if (lasting.size > before) redact = createRedact(all())
  }
  const source = (
    value: string | undefined,
    file: string | undefined,
    partsOf = (text: string) => [text],
  ) => {
    if (value !== undefined) {
      add(...partsOf(value))
      return () => Promise.resolve(value)
    }
    if (file === undefined) return undefined
    return async () => {
      const secret = (await readSecretFile(file)).trim()
      add(...partsOf(secret))
      return secret
    }
  }
  return {
    get all() {
      return all()
    },
    add,
    addPassing(text) {
      if (passing.includes(text)) return
      passing = [text, ...passing].slice(0, MOST_PASSING)
      redact = createRedact(all())
    },
    source: (value, file) => source(value, file),
    address(value, file) {
      const read = source(value, file, secretsOfUrl) ?? (() => Promise.resolve(''))
      let known: string | undefined
      return async () => {
        const text = await read()
        if (text !== known) known = asWebUrl(text)
        return text
      }
    },
    hide: (text) => redact(text),
  }
}

/** @throws {CodedError} `secret_file` for what stands in a file and is no address; it may be mended there */
function asWebUrl(text: string): string {
  if (/^https?:$/.test(URL.parse(text)?.protocol ?? '')) return text
  const message = 'the file with the address holds none that begins with http:// or https://'
  throw new CodedError('secret_file', message, { retryable: true })
}

/** Addresses of webhooks are passwords: their path and query authorise whoever knows them. */
function secretsOfUrl(text: string): string[] {
  const url = URL.parse(text)
  if (!url) return [text]
  const { pathname, search, password } = url
  const parts = [
    text,
    url.href,
    `${pathname}${search}`,
    pathname,
    search.slice(1),
    password,
    decoded(password),
    ...pathname.split('/').filter(isToken),
    ...[...url.searchParams.values()].filter((value) => value.length >= LEAST_SECRET),
  ]
  return parts.filter((part) => part.length > 1)
}

/** A shorter value of a query could be any word: hidden everywhere, it would say more than it hides. */
const LEAST_SECRET = 6

/** What a service may name by itself when it does not know it; not every word of a path. */
function isToken(text: string): boolean {
  return text.length >= 8 && /\d/.test(text)
}

/** Percent-encoding undone, as far as it is well-formed. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
