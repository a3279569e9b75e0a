import type { HttpConfig } from '../settings/http-config.ts'
import { decoded, type SecretSource, type Secrets } from '../settings/secrets.ts'
import type { Tokens } from './tokens.ts'

/** The headers of one request. `own`: to the configured address, so that it may know who we are. */
export type RequestHeaders = (
  url: URL,
  ours: Readonly<Record<string, string>>,
  to: { readonly own: boolean; readonly signal: AbortSignal },
) => Promise<Readonly<Record<string, string>>>

/** Ours, then what authorises us, then the configured ones in their place, however their names are spelt. */
export function createRequestHeaders(
  config: HttpConfig,
  secrets: Secrets,
  tokens: Pick<Tokens, 'authorization'> | undefined,
): RequestHeaders {
  const authorize = tokens?.authorization ?? authorizationOf(config, secrets)
  const configured = configuredHeaders(config, secrets)
  return async (url, ours, { own, signal }) => {
    // By lower-case name, as HTTP has them: one that is given twice, however it is spelt, is one header.
    const headers: Record<string, string> = { 'user-agent': 'Tocsin' }
    for (const [name, value] of Object.entries(ours)) headers[name.toLowerCase()] = value
    if (!own) {
      delete headers['authorization']
      return headers
    }
    const authorization = (await authorize?.(signal)) ?? loginOf(url)
    if (authorization !== undefined) headers['authorization'] = authorization.trim()
    for (const { name, values } of configured) {
      const given = await Promise.all(values.map((value) => value()))
      delete headers[name.toLowerCase()]
      if (given.length > 0) headers[name.toLowerCase()] = given.map((value) => value.trim()).join(', ')
    }
    for (const value of Object.values(headers)) if (value.includes(' ')) secrets.add(secretIn(value))
    return headers
  }
}

/** Only what looks like a login: a content type is no secret. */
function secretIn(value: string): string | undefined {
  return /^(?:basic|bearer|genie\w*|token)\s+(\S+)$/i.exec(value)?.[1]
}

function authorizationOf(config: HttpConfig, secrets: Secrets): (() => Promise<string>) | undefined {
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
  return bearer && (async () => `${type} ${await bearer()}`)
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
