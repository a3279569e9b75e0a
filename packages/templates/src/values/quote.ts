/** A string as a Go literal. */
export function quote(text: string): string {
  const body = text.replace(/[\\"]|[[\p{C}\p{Z}]--[ ]]/gv, (c) => {
    const short = {
      '\\': '\\\\',
      '"': '\\"',
      '\n': '\\n',
      '\r': '\\r',
      '\t': '\\t',
      '\x07': '\\a',
      '\b': '\\b',
      '\f': '\\f',
      '\v': '\\v',
    }[c]
    if (short !== undefined) return short
    const point = c.codePointAt(0) ?? 0
    const hex = point.toString(16)
    if (point < 0x80) return `\\x${hex.padStart(2, '0')}`
    return point < 0x10000 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`
  })
  return `"${body}"`
}
