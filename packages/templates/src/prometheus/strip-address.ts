/** The host of `host:port` or `[v6]:port`, and its port; undefined where there is no port, as Go's SplitHostPort. */
function splitHostPort(address: string): { host: string; port: string } | undefined {
  const match = /^(?:\[([^[\]]*)\]|([^:[\]]*)):([^:[\]]*)$/.exec(address)
  return match ? { host: match[1] ?? match[2] ?? '', port: match[3] ?? '' } : undefined
}

/** `host:port` without the port; anything else as it is. */
export function stripPort(address: string): string {
  return splitHostPort(address)?.host ?? address
}

/** `name.example.com:80` as `name:80`; addresses in digits as they are. */
export function stripDomain(address: string): string {
  const split = splitHostPort(address)
  const host = split?.host ?? address
  if (/^\d+\.\d+\.\d+\.\d+$/.test(host) || host.includes(':')) return address
  const name = host.split('.')[0] ?? host
  return split ? `${name}:${split.port}` : name
}
