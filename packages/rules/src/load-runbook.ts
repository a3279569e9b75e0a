import { readFileSync } from 'node:fs'

const folder = new URL('../../../docs/runbooks/', import.meta.url)
const NAME = /^[A-Za-z0-9_-]+$/

/** The page of an alert of a shipped pack, as Markdown; undefined when there is none. */
export function loadRunbook(pack: string, alert: string): string | undefined {
  if (!NAME.test(pack) || !NAME.test(alert)) return undefined
  try {
    return readFileSync(new URL(`${pack}/${alert}.md`, folder), 'utf8')
  } catch {
    return undefined
  }
}
