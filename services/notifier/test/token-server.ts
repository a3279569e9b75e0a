import { generateKeyPairSync } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import Provider from 'oidc-provider'

/** A certified server of OAuth2, which grants tokens to one client. */
export interface TokenServer {
  readonly url: string
  /** How often a token was asked for. */
  readonly asked: () => number
  isGood(authorization: string | undefined): Promise<boolean>
  /** Takes a token back before its time. */
  revoke(authorization: string | undefined): Promise<void>
  stop(): Promise<void>
}

/** With what must be encoded in a login. */
export const CLIENT = { id: 'shop:alerts', secret: 'cl1ent:s3cret/+%&=more-than-enough' } as const

export async function startTokenServer(): Promise<TokenServer> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const provider = new Provider(url, {
    clients: [
      {
        client_id: CLIENT.id,
        client_secret: CLIENT.secret,
        grant_types: ['client_credentials'],
        redirect_uris: [],
        response_types: [],
      },
    ],
    features: { clientCredentials: { enabled: true }, devInteractions: { enabled: false } },
    scopes: ['alerts', 'pages'],
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), kid: 'test' }] },
    cookies: { keys: ['of-no-use-here'] },
    ttl: { ClientCredentials: 3600 },
  })
  let asked = 0
  const answer = provider.callback()
  server.on('request', (request, response) => {
    asked++
    void answer(request, response)
  })
  const find = (authorization = '') => provider.ClientCredentials.find(authorization.replace(/^Bearer /, ''))
  return {
    url: `${url}/token`,
    asked: () => asked,
    isGood: async (authorization) => (await find(authorization))?.isValid === true,
    revoke: async (authorization) => (await find(authorization))?.destroy(),
    stop() {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}
