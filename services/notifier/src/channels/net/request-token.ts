import { type Clock, codeOf, messageOf } from '@tocsin/runtime'
import type { Dispatcher } from 'undici'
import { type HttpAnswer, parseRetryAfter } from '../http-outcome.ts'
import type { OAuth2 } from '../settings/oauth2.ts'
import type { Secrets } from '../settings/secrets.ts'
import { ask } from './ask.ts'
import { createDispatcher } from './dispatcher.ts'
import type { Net } from './net.ts'
import { readDenial, readToken, type Token } from './read-token.ts'
import { TokenError } from './token-error.ts'

export interface TokenRequests {
  /** @throws {TokenError} where none is granted; {CodedError} `secret_file` */
  request(): Promise<Token>
  /** Certificates are read anew for the next request. */
  reconnect(): void
  close(): void
}

export interface TokenDeps {
  readonly net: Net
  readonly secrets: Secrets
  readonly clock: Clock
}

/** Less than an attempt may take, so that the delivery log says what it was that did not answer. */
const TIMEOUT_MS = 5000
/** Tokens with many claims are long. */
const MOST_ANSWER = 65_536
/** How a server wants to be told who asks (RFC 6749, 2.3.1): in a header, which all must know, or in the body. */
type Style = 'header' | 'body'

/** Asks for a token with the credentials of a client. Redirects are not followed: they would take the secret along. */
export function createTokenRequests(config: OAuth2, { net, secrets, clock }: TokenDeps): TokenRequests {
  const url = new URL(config.token_url)
  const place = `${url.origin}${url.pathname}`
  const secret = secrets.source(config.client_secret, config.client_secret_file)
  for (const [name, value] of Object.entries(config.endpoint_params)) if (isSecret(name)) secrets.add(value)
  let known: Style | undefined
  let dispatcher: Promise<Dispatcher> | undefined

  async function askIn(style: Style, signal: AbortSignal): Promise<HttpAnswer> {
    const password = (await secret?.()) ?? ''
    const login = Buffer.from(`${formEncoded(config.client_id)}:${formEncoded(password)}`).toString('base64')
    secrets.add(login)
    dispatcher ??= createDispatcher(config, net)
    const question = {
      url,
      method: 'POST',
      headers: {
        'user-agent': 'Tocsin',
        accept: 'application/json',
        'content-type': 'application/x-www-form-urlencoded',
        ...(style === 'header' && { authorization: `Basic ${login}` }),
      },
      body: formOf(config, style === 'body' ? { client_id: config.client_id, client_secret: password } : {}),
      most: MOST_ANSWER,
    }
    return ask(await dispatcher, question, signal)
  }

  /** The style that the server knows is not written anywhere: the one that worked is kept. */
  async function askAsItWants(signal: AbortSignal) {
    const first = known ?? 'header'
    const answer = await askIn(first, signal)
    const isUnknownToIt = answer.status === 400 || answer.status === 401 || answer.status === 403
    if (known !== undefined || !isUnknownToIt) return { style: first, answer }
    const other = await askIn('body', signal)
    // What it says to the way that all must know is the better reason.
    return other.status === 200 ? { style: 'body' as const, answer: other } : { style: first, answer }
  }

  function granted(style: Style, answer: HttpAnswer): Token {
    const { status, body, retryAfter } = answer
    const token = status === 200 ? readToken(body) : undefined
    if (token) {
      known = style
      return token
    }
    known = undefined
    const why = `no token from ${place}: ${whyNone(answer)}`
    const retryAfterMs = parseRetryAfter(retryAfter, clock.now())
    throw new TokenError(why, retryAfterMs === undefined ? {} : { retryAfterMs })
  }

  function disconnect(how: 'close' | 'destroy'): void {
    const former = dispatcher
    dispatcher = undefined
    void former?.then((one) => one[how]()).catch(() => {})
  }

  return {
    async request() {
      const late = new AbortController()
      const cancel = clock.setTimeout(() => late.abort(), TIMEOUT_MS)
      try {
        net.assertAllowed(url)
        const { style, answer } = await askAsItWants(late.signal)
        return granted(style, answer)
      } catch (error) {
        if (error instanceof TokenError || codeOf(error) === 'secret_file') throw error
        const why = late.signal.aborted ? `no answer within ${TIMEOUT_MS / 1000} s` : messageOf(error)
        throw new TokenError(`no token from ${place}: ${why}`, { cause: error })
      } finally {
        cancel()
      }
    },
    reconnect: () => disconnect('close'),
    close: () => disconnect('destroy'),
  }
}

function whyNone({ status, location, body }: HttpAnswer): string {
  if (location !== null)
    return `it points to ${location.replace(/[?#].*$/s, '')}: configure that address as token_url`
  if (status === 200) return 'its answer holds none'
  return [`HTTP ${status}`, readDenial(body)].filter(Boolean).join(', ')
}

function formOf({ scopes, endpoint_params: params }: OAuth2, who: Readonly<Record<string, string>>): string {
  return new URLSearchParams({
    grant_type: 'client_credentials',
    ...(scopes.length > 0 && { scope: scopes.join(' ') }),
    ...params,
    ...who,
  }).toString()
}

/** Of parameters with other names, such as `audience`, hiding the value would hide what a reason is about. */
function isSecret(name: string): boolean {
  return /secret|password|token|assertion|key/i.test(name)
}

/** As a form has it: in a login of OAuth2 both halves are written so. */
function formEncoded(text: string): string {
  return new URLSearchParams({ x: text }).toString().slice(2)
}
