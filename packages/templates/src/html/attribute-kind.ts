import type { AttributeKind, RawElement } from './context.ts'

const URLS = new Set(
  (
    'action archive background cite classid codebase data formaction href icon longdesc manifest poster ' +
    'profile src usemap xmlns'
  ).split(' '),
)
/** Attributes whose meaning a template's value may not choose, beside those of URLs, styles and scripts. */
const UNSAFE = new Set(
  (
    'accept-charset async challenge charset content crossorigin csp defer enctype form formmethod formtarget ' +
    'http-equiv integrity keytype language method nonce novalidate pattern rel sandbox srcdoc type value'
  ).split(' '),
)

/** What an attribute's value is, going by its name. */
export function attributeKind(element: RawElement, given: string): AttributeKind {
  const name = given.toLowerCase()
  if (element === 'script' && name === 'type') return 'script-type'
  return kindOf(name)
}

/** Whether a value may be the name of an attribute. */
export function isPlainName(name: string): boolean {
  return /^[a-z0-9]+$/.test(name) && kindOf(name) === 'plain' && !UNSAFE.has(name)
}

function kindOf(given: string): AttributeKind {
  const colon = given.indexOf(':')
  if (given.slice(0, colon + 1) === 'xmlns:') return 'url'
  // What `data-` and namespaces stand before is treated as what comes after.
  const name = given.startsWith('data-') ? given.slice(5) : given.slice(colon + 1)
  if (URLS.has(name)) return 'url'
  if (name === 'srcset') return 'srcset'
  if (name === 'style') return 'style'
  if (name.startsWith('on')) return 'script'
  return /src|uri|url/.test(name) && !UNSAFE.has(name) ? 'url' : 'plain'
}
