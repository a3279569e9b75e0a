import type { Value } from '../values/value.ts'
import { textOf, UNSAFE_VALUE } from './markup-escape.ts'

/** A style's text with its escapes replaced. */
export function decodeCss(text: string): string {
  return text.replace(/\\(?:([\da-fA-F]{1,6})(?:\r\n|[ \t\n\f\r])?|(.))/gs, (_, hex, char) => {
    if (hex === undefined) return char as string
    const point = Number.parseInt(hex as string, 16)
    return point <= 0x10ffff ? String.fromCodePoint(point) : '\ufffd'
  })
}

/** Inside a string of a style. */
export function escapeCssString(value: Value): Value {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is escaped
  return textOf(value).replace(/[\u0000\t\n\f\r"&'()+/:;<>\\{}]/g, (c, at: number, text: string) => {
    if (c === '\\') return '\\\\'
    // An escape swallows one space after it, and would take a digit for one of its own.
    const next = text.charAt(at + 1)
    return `\\${c.charCodeAt(0).toString(16)}${next === '' || /[\da-fA-F \t\n\f\r]/.test(next) ? ' ' : ''}`
  })
}

/** As a value of a style: a colour, a length, a name. What could end the declaration or run a script is replaced. */
export function filterCssValue(value: Value): Value {
  const text = textOf(value)
  const decoded = decodeCss(text)
  const bare = decoded.toLowerCase().replace(/[^a-z0-9_\u0080-\uffff-]/g, '')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: NUL is not for pages
  const dangerous = /[\u0000"'()/;@[\\\]`{}<>]|--/.test(decoded)
  return dangerous || /expression|mozbinding/.test(bare.replaceAll('-', '')) ? UNSAFE_VALUE : decoded
}
