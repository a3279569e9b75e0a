import { printValue } from '../values/print-value.ts'
import { isKind, type Value } from '../values/value.ts'
import { isPlainName } from './attribute-kind.ts'

/** Stands where a value would have been dangerous; Go's own, so that it is known to those who search for it. */
export const UNSAFE_VALUE = 'ZgotmplZ'

/** The text of a value; nothing where there is no value, since a page should not say `<no value>`. */
export function textOf(value: Value): string {
  return value == null ? '' : printValue(value)
}

const reference = (c: string) => `&#${c.charCodeAt(0)};`
const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '\0': '\ufffd' }
const toEntity = (c: string) => ENTITIES[c] ?? reference(c)

/** Between tags. */
export function escapeText(value: Value): string {
  if (isKind(value, 'safe') && value.as === 'HTML') return value.text
  return escapeAll(textOf(value))
}

function escapeAll(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: NUL is not for pages
  return text.replace(/[\u0000"&'+<>]/g, toEntity)
}

/** Character references stay as they are. */
function escapeBare(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: NUL is not for pages
  return text.replace(/[\u0000"'+<>]/g, toEntity)
}

/** In a text area or a title, where there are character references but no tags. */
export function escapeRcdata(value: Value): string {
  return isKind(value, 'safe') && value.as === 'HTML' ? escapeBare(value.text) : escapeAll(textOf(value))
}

/** In a quoted attribute. HTML that is safe elsewhere loses its tags here. */
export function escapeAttribute(value: Value): string {
  if (isKind(value, 'safe') && value.as === 'HTML') return escapeBare(stripTags(value.text))
  return escapeAll(textOf(value))
}

/** In an attribute without quotes. */
export function escapeUnquoted(value: Value): string {
  const isHtml = isKind(value, 'safe') && value.as === 'HTML'
  const text = isHtml ? stripTags(value.text) : textOf(value)
  if (text === '') return UNSAFE_VALUE
  // biome-ignore lint/suspicious/noControlCharactersInRegex: space of any kind would end the value
  const dangerous = isHtml ? /[\u0000\t\n\v\f\r "'+<=>`]/g : /[\u0000\t\n\v\f\r "&'+<=>`]/g
  return text.replace(dangerous, (c) => (c === '\0' ? '&#xfffd;' : toEntity(c)))
}

/** As the name of an attribute: one that is neither a script, a style nor a URL. */
export function filterAttributeName(value: Value): string {
  const name = textOf(value).toLowerCase()
  return isPlainName(name) ? name : UNSAFE_VALUE
}

/** HTML without its tags and comments; the content of scripts and styles goes with them. */
function stripTags(html: string): string {
  return html
    .replace(/<!--.*?(?:-->|$)/gs, '')
    .replace(/<(script|style|textarea|title)\b.*?(?:<\/\1\s*>|$)/gis, '')
    .replace(/<\/?[a-zA-Z](?:[^>"']|"[^"]*(?:"|$)|'[^']*(?:'|$))*(?:>|$)/g, '')
}
