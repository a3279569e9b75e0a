import { lookup as dnsLookup, type LookupAddress } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { CodedError } from '@tocsin/runtime'
import { isPublicAddress } from './private-address.ts'

/** Where channels may connect to. */
export interface Net {
  readonly allowPrivate: boolean
  /** Resolves names for a connection, to addresses that are allowed: what was checked is what is connected to. */
  readonly lookup: LookupFunction
  /** @throws {CodedError} `target_private` for an address that is not allowed; names are judged when they are resolved. */
  assertAllowed(url: URL): void
}

export interface NetOptions {
  readonly allowPrivate: boolean
  readonly lookup?: typeof dnsLookup
}

export function createNet({ allowPrivate, lookup = dnsLookup }: NetOptions): Net {
  return {
    allowPrivate,
    lookup: allowPrivate ? (lookup as LookupFunction) : checkedLookup(lookup),
    assertAllowed(url) {
      if (allowPrivate) return
      // URL has read decimal, octal and short forms into the usual one by now.
      const host = url.hostname.replace(/^\[|\]$/g, '')
      if (isIP(host) !== 0 && !isPublicAddress(host)) throw refusalOf(host, host)
    },
  }
}

/** A name may resolve to private addresses beside public ones, or to others each time: only public ones pass. */
function checkedLookup(lookup: typeof dnsLookup): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found: LookupAddress[]) => {
      if (error) return callback(error, [])
      const [first, ...rest] = found.filter(({ address }) => isPublicAddress(address))
      if (!first) return callback(refusalOf(hostname, found.map(({ address }) => address).join(', ')), [])
      if (options.all) callback(null, [first, ...rest])
      else callback(null, first.address, first.family)
    })
  }
}

function refusalOf(host: string, addresses: string): CodedError<'target_private'> {
  const where = host === addresses ? host : `${host} (${addresses})`
  return new CodedError(
    'target_private',
    `${where} is not an address of the public internet, and WEBHOOK_ALLOW_PRIVATE is false: ` +
      'name a public address, or set WEBHOOK_ALLOW_PRIVATE=true',
  )
}
