import type { RawLabels } from './prom-client.ts'

/** Adds labels that every series has, unless it has them itself, to the JSON of its own. */
export function createDefaultLabels(defaults: Readonly<Record<string, string>>) {
  const names = Object.keys(defaults)
  const inner = JSON.stringify(defaults).slice(1, -1)

  return function withDefaults(json: string, raw: RawLabels): string {
    if (names.some((name) => raw[name] !== undefined))
      return JSON.stringify({ ...defaults, ...JSON.parse(json) })
    return json === '{}' ? `{${inner}}` : `{${inner},${json.slice(1)}`
  }
}
