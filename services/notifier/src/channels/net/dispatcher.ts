import { CodedError } from '@tocsin/runtime'
import { Agent, type Dispatcher, EnvHttpProxyAgent } from 'undici'
import type { HttpConfig } from '../settings/http-config.ts'
import { readTls } from '../settings/tls-config.ts'
import type { Net } from './net.ts'

const CONNECT_MS = 10_000

/** Whom we trust on the way, and what it leads through. */
type Way = Pick<HttpConfig, 'tls_config' | 'proxy_url' | 'no_proxy' | 'proxy_from_environment'>

/**
 * Makes the connections of one channel, by its settings; certificates are read when it is made.
 * @throws {CodedError} `secret_file` for a file that cannot be read
 */
export async function createDispatcher(config: Way, net: Net): Promise<Dispatcher> {
  const connect = { ...(await readTls(config.tls_config)), lookup: net.lookup, timeout: CONNECT_MS }
  const options = { connect, allowH2: false, connections: null }
  if (!usesProxy(config)) return new Agent(options)
  return new EnvHttpProxyAgent({
    ...options,
    requestTls: connect,
    ...(config.proxy_url && { httpProxy: config.proxy_url, httpsProxy: config.proxy_url }),
    ...(config.no_proxy && { noProxy: config.no_proxy }),
  })
}

/** A proxy resolves names itself, so that nobody here can check what they lead to. @throws {CodedError} `proxy_unchecked` */
export function assertProxyAllowed(config: Way, net: Net): void {
  if (net.allowPrivate || !usesProxy(config)) return
  throw new CodedError(
    'proxy_unchecked',
    'a proxy cannot be used while WEBHOOK_ALLOW_PRIVATE is false, since it resolves names itself: ' +
      'remove proxy_url, or set WEBHOOK_ALLOW_PRIVATE=true and let the proxy refuse private addresses',
  )
}

function usesProxy(config: Way): boolean {
  return config.proxy_url !== undefined || config.proxy_from_environment === true
}
