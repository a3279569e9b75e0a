const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&#34;',
  "'": '&#39;',
  '\0': '\ufffd',
}

/** Go's `template.HTMLEscapeString`. */
export function escapeHtml(value: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: Go replaces NUL
  return value.replace(/[&<>"'\u0000]/g, (c) => ENTITIES[c] ?? c)
}

/** Go's `template.JSEscapeString`. */
export function escapeJs(value: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is escaped
  return value.replace(/[\\'"<>&=\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, (c) =>
    '\\\'"'.includes(c) ? `\\${c}` : `\\u${c.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`,
  )
}

/** Go's `url.QueryEscape`: a space is a plus sign, and all but letters, digits and `-_.~` is encoded. */
export function escapeQuery(value: string): string {
  return encodeURIComponent(value.toWellFormed())
    .replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+')
}

/** Go's `url.QueryUnescape`. @throws RangeError for a percent sign that begins no byte */
export function unescapeQuery(value: string): string {
  const bad = /%(?![\da-fA-F]{2}).{0,2}/s.exec(value)
  if (bad) throw new RangeError(`invalid URL escape ${JSON.stringify(bad[0])}`)
  const bytes = Buffer.from(value.replaceAll('+', ' '))
  const out: number[] = []
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0
    if (byte !== 0x25) out.push(byte)
    else {
      out.push(Number.parseInt(bytes.toString('latin1', at + 1, at + 3), 16))
      at += 2
    }
  }
  return Buffer.from(out).toString()
}
