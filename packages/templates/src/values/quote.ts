/** A string as a Go literal. */
export function quote(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is escaped
  const body = text.replace(/[\\"\u0000-\u001f\u007f]/g, (c) => {
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
    return short ?? `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`
  })
  return `"${body}"`
}
