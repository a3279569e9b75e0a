import { stringify } from 'yaml'
import type { ChannelKindDefinition } from '../../channels/channel-kind.ts'
import { maskGlobals, maskItem } from '../../channels/settings/mask-secrets.ts'
import { additions } from './config-schema.ts'
import { foreignGlobals } from './foreign-kinds.ts'

type Raw = Readonly<Record<string, unknown>>

/** Settings that Alertmanager does not have; its tools refuse a configuration with them. */
const OURS: Readonly<Record<string, readonly string[]>> = {
  webhook: ['method', 'body', 'hmac_secret', 'hmac_secret_file'],
}
const SECRET = '<secret>'
/** Kinds that Alertmanager does not have. */
const OUR_KINDS: ReadonlySet<string> = new Set(['ntfy'])
const added = new Set(Object.keys(additions))

/** A configuration as Alertmanager would show it: without what Tocsin adds, secrets masked. */
export function originalOf(config: Raw, kinds: readonly ChannelKindDefinition[]): string {
  const { global, route, receivers, ...rest } = config
  return stringify({
    ...(isMapping(global) ? { global: maskGlobals(kinds, without(global, foreignGlobals)) } : {}),
    ...(isMapping(route) ? { route: routeOf(route) } : {}),
    receivers: listOf(receivers).map((receiver) => receiverOf(receiver, kinds)),
    ...rest,
  })
}

function routeOf(route: Raw): Raw {
  const { routes, ...own } = without(route, added)
  return routes === undefined ? own : { ...own, routes: listOf(routes).map(routeOf) }
}

function receiverOf(receiver: Raw, kinds: readonly ChannelKindDefinition[]): Raw {
  const shown: Record<string, unknown> = without(receiver, added)
  for (const kind of kinds) {
    const items = shown[kind.configKey]
    if (items === undefined) continue
    if (OUR_KINDS.has(kind.kind)) delete shown[kind.configKey]
    else
      shown[kind.configKey] = listOf(items).map((item) =>
        withHost(item, without(maskItem(kind, item), new Set(OURS[kind.kind] ?? []))),
      )
  }
  return shown
}

/** A webhook's address stays one that amtool reads, whatever its version: the host without what authorises. */
function withHost({ url }: Raw, masked: Raw): Raw {
  if (typeof url !== 'string' || masked['url'] !== SECRET) return masked
  const host = URL.parse(url)?.host ?? 'unknown'
  return { ...masked, url: `http://${host}/${SECRET}` }
}

function without(fields: Raw, names: ReadonlySet<string>): Raw {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !names.has(name)))
}

function listOf(value: unknown): readonly Raw[] {
  return Array.isArray(value) ? value.filter(isMapping) : []
}

function isMapping(value: unknown): value is Raw {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
