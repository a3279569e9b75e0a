import { redactUrls } from '@tocsin/runtime'
import type { ChannelKindDefinition } from '../channel-kind.ts'

type Raw = Readonly<Record<string, unknown>>

/** What Alertmanager shows in place of a secret, and reads as one. */
const SECRET = '<secret>'
/** Secrets within `http_config` and `tls_config`. */
const nested = new Set(['password', 'credentials', 'bearer_token', 'client_secret', 'key', 'secrets'])

/** An item of a receiver as it may be shown. */
export function maskItem(definition: ChannelKindDefinition, item: Raw): Raw {
  return maskFields(item, new Set(definition.secretFields))
}

/** `global:` as it may be shown. */
export function maskGlobals(definitions: readonly ChannelKindDefinition[], global: Raw): Raw {
  const secret = definitions.flatMap(({ globals, secretFields }) =>
    Object.entries(globals).flatMap(([name, { field }]) => (secretFields.includes(field) ? [name] : [])),
  )
  return maskFields(global, new Set(secret))
}

function maskFields(fields: Raw, secret: ReadonlySet<string>): Raw {
  const mask = (name: string, value: unknown) => {
    if (secret.has(name)) return SECRET
    return name.endsWith('http_config') || name.endsWith('tls_config') ? maskNested(value) : value
  }
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, mask(name, value)]))
}

function maskNested(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(maskNested)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      if (nested.has(name)) return [name, Array.isArray(inner) ? inner.map(() => SECRET) : SECRET]
      if (name === 'headers' || name === 'endpoint_params') return [name, maskValues(inner)]
      if (name === 'proxy_url') return [name, redactUrls(String(inner))]
      return [name, maskNested(inner)]
    }),
  )
}

function maskValues(headers: unknown): unknown {
  if (typeof headers !== 'object' || headers === null) return headers
  return Object.fromEntries(Object.keys(headers).map((name) => [name, SECRET]))
}
