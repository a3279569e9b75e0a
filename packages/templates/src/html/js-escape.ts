import { toJson } from '../functions/to-json.ts'
import type { Value } from '../values/value.ts'
import { textOf } from './markup-escape.ts'

const SHORT: Readonly<Record<string, string>> = {
  '\t': '\\t',
  '\n': '\\n',
  '\f': '\\f',
  '\r': '\\r',
  '\\': '\\\\',
  '/': '\\/',
}

/** Inside a string of a script. */
export function escapeJsString(value: Value): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is escaped
  return textOf(value).replace(/[\u0000-\u001f"&'+/<>\\`\u2028\u2029]/g, (c) => {
    return SHORT[c] ?? `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}

/** As a value of a script: a literal of JavaScript. */
export function jsLiteral(value: Value): string {
  if (value == null) return ' null '
  const json = toJson(value)
  // Beside a name or a number the literal would run into it.
  return /^[\w$]|[\w$]$/.test(json) ? ` ${json} ` : json
}
