export interface Servers {
  readonly servers: readonly string[]
  /** What stood before an address's `@`. */
  readonly login: { readonly user: string; readonly pass: string } | undefined
}

/** Takes the login out of addresses: the client wants it apart, and addresses are shown in warnings. */
export function readServers(given: string | readonly string[]): Servers {
  const addresses = [given].flat().map((server) => server.trim())
  const logins = addresses.flatMap((address) => LOGIN.exec(address)?.[1] ?? [])
  const [user = '', pass = ''] = logins[0]?.split(/:(.*)/s) ?? []
  return {
    servers: addresses.map((address) => address.replace(LOGIN, '$2')),
    login: user === '' ? undefined : { user: plain(user), pass: plain(pass) },
  }
}

/** `nats://user:pass@host`, also without the scheme; only the last `@` ends a login. */
const LOGIN = /(?<=^|:\/\/)([^/]*)@([^@/]*)/

function plain(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
