import { BlockList, isIP } from 'node:net'

/** What IANA's registries of special-purpose addresses say is not of the public internet. */
const notPublic4 = listOf('ipv4', [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10', // carriers' NAT, and the metadata service of some clouds
  '127.0.0.0/8',
  '169.254.0.0/16', // link-local, and the metadata service of most clouds
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
])
const public6 = listOf('ipv6', ['2000::/3'])
const notPublic6 = listOf('ipv6', ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'])
/** An IPv4 address within an IPv6 one: mapped, or translated on the way. */
const carries4 = listOf('ipv6', ['::ffff:0:0/96', '64:ff9b::/96'])

function listOf(family: 'ipv4' | 'ipv6', ranges: readonly string[]): BlockList {
  const list = new BlockList()
  for (const range of ranges) {
    const [network = '', prefix] = range.split('/')
    list.addSubnet(network, Number(prefix), family)
  }
  return list
}

/** Whether an IP address is one of the public internet; anything else that is written here is not. */
export function isPublicAddress(address: string): boolean {
  const bare = address.replace(/%.*$/, '')
  if (isIP(bare) === 4) return !notPublic4.check(bare, 'ipv4')
  if (isIP(bare) !== 6) return false
  if (carries4.check(bare, 'ipv6')) return !notPublic4.check(last4(bare), 'ipv4')
  return public6.check(bare, 'ipv6') && !notPublic6.check(bare, 'ipv6')
}

/** The IPv4 address in the last 32 bits of an IPv6 one. */
function last4(address: string): string {
  // The URL parser writes every form of an address in one way, in hexadecimal groups.
  const groups = new URL(`http://[${address}]`).hostname.slice(1, -1).split(':')
  const [high = 0, low = 0] = groups.slice(-2).map((group) => Number.parseInt(group || '0', 16))
  return [high >> 8, high & 255, low >> 8, low & 255].join('.')
}
