import type { HttpConfig } from '../settings/http-config.ts'
import { decoded, type SecretSource, type Secrets } from '../settings/secrets.ts'

/** The headers of one request. `own`: to the configured address, so that it may know who we are. */
export type RequestHeaders = (
  url: URL,
  ours: Readonly<Record<string, string>>,
  own: boolean,
) => Promise<Headers>

/** Ours, then what authorises us, then the configured ones in their place, however their names are spelt. */
export function createRequestHeaders(config: HttpConfig, secrets: Secrets): RequestHeaders {
  const authorize = authorizationOf(config, secrets)
  const configured = configuredHeaders(config, secrets)
  return async (url, ours, own) => {
    const headers = new Headers({ 'User-Agent': 'Tocsin', ...ours })
    if (!own) {
      headers.delete('authorization')
      return headers
    }
    const authorization = (await authorize()) ?? loginOf(url)
    if (authorization !== undefined) headers.set('Authorization', authorization)
    for (const { name, values } of configured) {
      headers.delete(name)
      for (const value of values) headers.append(name, await value())
    }
    for (const value of headers.values()) secrets.add(...secretsIn(value))
    return headers
  }
}

/** Only what looks like a login: a content type is no secret. */
function secretsIn(value: string): string[] {
  const [, token] = /^(?:basic|bearer|genie\w*|token)\s+(\S+)$/i.exec(value) ?? []
  return token === undefined ? [] : [token]
}

function authorizationOf(config: HttpConfig, secrets: Secrets): () => Promise<string | undefined> {
  const { basic_auth: basic, authorization, bearer_token, bearer_token_file } = config
  if (basic) {
    const user = secrets.source(undefined, basic.username_file)
    const password = secrets.source(basic.password, basic.password_file)
    return async () => {
      const login = `${basic.username ?? (await user?.()) ?? ''}:${(await password?.()) ?? ''}`
      return `Basic ${Buffer.from(login).toString('base64')}`
    }
  }
  const bearer = secrets.source(
    authorization?.credentials ?? bearer_token,
    authorization?.credentials_file ?? bearer_token_file,
  )
  const type = authorization?.type ?? 'Bearer'
  return async () => (bearer ? `${type} ${await bearer()}` : undefined)
}

interface ConfiguredHeader {
  readonly name: string
  readonly values: readonly SecretSource[]
}

function configuredHeaders(config: HttpConfig, secrets: Secrets): readonly ConfiguredHeader[] {
  const plain =
    (value: string): SecretSource =>
    () =>
      Promise.resolve(value)
  const simple = Object.entries(config.headers ?? {}).map(([name, value]) => {
    // Of `Bearer <token>` the token alone is a secret too.
    secrets.add(value, ...value.split(' '))
    return { name, values: [plain(value)] }
  })
  const listed = Object.entries(config.http_headers ?? {}).map(([name, header]) => ({
    name,
    values: [
      ...(header.values ?? []).map(plain),
      ...(header.secrets ?? []).flatMap((value) => secrets.source(value, undefined) ?? []),
      ...(header.files ?? []).flatMap((path) => secrets.source(undefined, path) ?? []),
    ],
  }))
  return [...simple, ...listed]
}

/** The header of a login that stands in an address. */
function loginOf({ username, password }: URL): string | undefined {
  if (username === '' && password === '') return undefined
  return `Basic ${Buffer.from(`${decoded(username)}:${decoded(password)}`).toString('base64')}`
}

/** The address as it is asked for: its login goes into a header. */
export function withoutLogin(url: URL): URL {
  const bare = new URL(url)
  bare.username = ''
  bare.password = ''
  return bare
}
