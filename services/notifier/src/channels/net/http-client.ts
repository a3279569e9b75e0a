import { type Dispatcher, request } from 'undici'
import type { HttpAnswer } from '../http-outcome.ts'
import type { HttpConfig } from '../settings/http-config.ts'
import type { Secrets } from '../settings/secrets.ts'
import { assertProxyAllowed, createDispatcher } from './dispatcher.ts'
import type { Net } from './net.ts'
import { createRequestHeaders, withoutLogin } from './request-headers.ts'

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
export function createHttpClient(
  config: HttpConfig,
  { net, secrets }: { readonly net: Net; readonly secrets: Secrets },
): HttpClient {
  assertProxyAllowed(config, net)
  const headersFor = createRequestHeaders(config, secrets)
  let dispatcher: Promise<Dispatcher> | undefined

  async function once(url: URL, call: HttpCall, own: boolean, signal: AbortSignal): Promise<HttpAnswer> {
    net.assertAllowed(url)
    const headers = await headersFor(url, call.headers ?? {}, own)
    dispatcher ??= createDispatcher(config, net)
    const {
      statusCode,
      headers: answered,
      body,
    } = await request(withoutLogin(url), {
      method: (call.method ?? 'POST') as Dispatcher.HttpMethod,
      headers,
      ...(call.body !== undefined && { body: call.body }),
      dispatcher: await dispatcher,
      signal,
    })
    return {
      status: statusCode,
      retryAfter: single(answered['retry-after']),
      location: single(answered['location']),
      body: await beginningOf(body, Number(single(answered['content-length']) ?? Number.NaN)),
    }
  }

  const client: HttpClient = {
    async call(call, signal) {
      const configured = new URL(call.url)
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
      const former = dispatcher
      dispatcher = undefined
      // What is under way on other connections may end.
      void former?.then((one) => one.close()).catch(() => {})
    },
    close() {
      const former = dispatcher
      dispatcher = undefined
      void former?.then((one) => one.destroy()).catch(() => {})
    },
  }
  return client
}

/** What authorises us is for the configured server, and for the same one behind TLS, not for one that it names. */
function isSameServer(configured: URL, url: URL): boolean {
  if (configured.origin === url.origin) return true
  const isUpgrade = configured.protocol === 'http:' && url.protocol === 'https:'
  return isUpgrade && configured.hostname === url.hostname && configured.port === '' && url.port === ''
}

async function beginningOf(body: Dispatcher.ResponseData['body'], length: number): Promise<string> {
  // Most say nothing, or little.
  if (length <= MOST_ANSWER) return body.text().catch(() => '')
  const decoder = new TextDecoder()
  let text = ''
  try {
    // A body that is left in the middle closes its connection; a short one gives it back.
    for await (const chunk of body) {
      text += decoder.decode(chunk, { stream: true })
      if (text.length >= MOST_ANSWER) break
    }
  } catch {
    // The status has said enough.
  }
  return text.slice(0, MOST_ANSWER)
}

function single(value: string | string[] | undefined): string | null {
  return (Array.isArray(value) ? value[0] : value) ?? null
}
