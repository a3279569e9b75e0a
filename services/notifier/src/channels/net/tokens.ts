import { abortable } from '../abortable.ts'
import type { OAuth2 } from '../settings/oauth2.ts'
import type { Token } from './read-token.ts'
import { createTokenRequests, type TokenDeps } from './request-token.ts'

/** The token of one channel: asked for once, however many notifications wait for it. */
export interface Tokens {
  /** The value of `Authorization`. @throws {TokenError} where there is none; {CodedError} `secret_file`, `timeout` */
  authorization(signal: AbortSignal): Promise<string>
  /** The server that it is shown to does not take it. */
  refused(authorization: string): void
  /** Certificates are read anew for the next request. */
  reconnect(): void
  close(): void
}

/** A token is not shown shortly before it ends: it must be good until the call has arrived. */
const MARGIN_MS = 10_000
/** No longer than the shortest pause between attempts: that many wait is no reason to ask as often. */
const PAUSE_MS = 500

interface Asked {
  readonly token: Promise<Token>
  /** Once it is granted. */
  authorization?: string
  againAtMs: number
}

export function createTokens(config: OAuth2, deps: TokenDeps): Tokens {
  const { clock, secrets } = deps
  const requests = createTokenRequests(config, deps)
  let last: Asked | undefined

  function ask(): Asked {
    const asked: Asked = { token: requests.request(), againAtMs: Number.POSITIVE_INFINITY }
    asked.token.then(
      ({ authorization, lifetimeMs }) => {
        asked.authorization = authorization
        secrets.addPassing(authorization.replace(/^\S+ /, ''))
        if (lifetimeMs !== undefined)
          asked.againAtMs = clock.now() + lifetimeMs - Math.min(MARGIN_MS, lifetimeMs / 2)
      },
      () => {
        asked.againAtMs = clock.now() + PAUSE_MS
      },
    )
    return asked
  }

  return {
    async authorization(signal) {
      if (last === undefined || clock.now() >= last.againAtMs) last = ask()
      return (await abortable(last.token, signal, 'no token from token_url')).authorization
    },
    refused(authorization) {
      // Another call may have been refused before, and has asked for a new one.
      if (last?.authorization === authorization) last = undefined
    },
    reconnect: () => requests.reconnect(),
    close: () => requests.close(),
  }
}
