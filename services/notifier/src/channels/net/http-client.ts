import type { Dispatcher } from 'undici'
import type { HttpAnswer } from '../http-outcome.ts'
import type { HttpConfig } from '../settings/http-config.ts'
import { ask } from './ask.ts'
import { assertProxyAllowed, createDispatcher } from './dispatcher.ts'
import { createRequestHeaders } from './request-headers.ts'
import type { TokenDeps } from './request-token.ts'
import { createTokens } from './tokens.ts'

/** One HTTP request of a channel. */
export interface HttpCall {
  /** Default POST. */
  readonly method?: string
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

export interface HttpClient {
  /** Rejects when no answer came. */
  call(call: HttpCall, signal: AbortSignal): Promise<HttpAnswer>
  /** What is called has failed: certificates are read anew for the next call. */
  reconnect(): void
  close(): void
}

const MOST_ANSWER = 4096
const MOST_REDIRECTS = 5
/** These repeat the request elsewhere; the others would turn it into another one, which delivers nothing. */
const REPEATS = new Set([307, 308])

/** HTTP as a channel's `http_config` says: who we are, whom we trust, which way, how far we follow. */
export function createHttpClient(config: HttpConfig, deps: TokenDeps): HttpClient {
  const { net, secrets } = deps
  assertProxyAllowed(config, net)
  if (config.oauth2) assertProxyAllowed(config.oauth2, net)
  const tokens = config.oauth2 && createTokens(config.oauth2, deps)
  const headersFor = createRequestHeaders(config, secrets, tokens)
  let dispatcher: Promise<Dispatcher> | undefined
  let known: { readonly text: string; readonly url: URL } | undefined

  /** Most channels call one address, again and again. */
  function parsed(text: string): URL {
    if (known?.text !== text) known = { text, url: new URL(text) }
    return known.url
  }

  async function once(url: URL, call: HttpCall, own: boolean, signal: AbortSignal): Promise<HttpAnswer> {
    net.assertAllowed(url)
    const headers = await headersFor(url, call.headers ?? {}, { own, signal })
    const answer = await dispatch(url, call, headers, signal)
    const { authorization } = headers
    if (!tokens || answer.status !== 401 || authorization === undefined) return answer
    // A token may be taken back before its time: once, with a new one.
    tokens.refused(authorization)
    return dispatch(url, call, await headersFor(url, call.headers ?? {}, { own, signal }), signal)
  }

  async function dispatch(
    url: URL,
    { method = 'POST', body }: HttpCall,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<HttpAnswer> {
    dispatcher ??= createDispatcher(config, net)
    return ask(await dispatcher, { url, method, headers, body, most: MOST_ANSWER }, signal)
  }

  const client: HttpClient = {
    async call(call, signal) {
      const configured = parsed(call.url)
      let url = configured
      for (let hop = 0; ; hop++) {
        const answer = await once(url, call, isSameServer(configured, url), signal)
        if (!config.follow_redirects || !REPEATS.has(answer.status) || hop === MOST_REDIRECTS) return answer
        const next = answer.location === null ? null : URL.parse(answer.location, url.href)
        if (next === null || !/^https?:$/.test(next.protocol)) return answer
        url = next
      }
    },
    reconnect() {
      tokens?.reconnect()
      const former = dispatcher
      dispatcher = undefined
      // What is under way on other connections may end.
      void former?.then((one) => one.close()).catch(() => {})
    },
    close() {
      tokens?.close()
      const former = dispatcher
      dispatcher = undefined
      void former?.then((one) => one.destroy()).catch(() => {})
    },
  }
  return client
}

/** What authorises us is for the configured server, and for the same one behind TLS, not for one that it names. */
function isSameServer(configured: URL, url: URL): boolean {
  if (configured === url || configured.origin === url.origin) return true
  const isUpgrade = configured.protocol === 'http:' && url.protocol === 'https:'
  return isUpgrade && configured.hostname === url.hostname && configured.port === '' && url.port === ''
}
