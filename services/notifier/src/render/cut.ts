/** At most `most` UTF-16 units, well-formed, with no half of a character at its end. */
export function cut(text: string, most: number): string {
  const whole = text.toWellFormed()
  if (whole.length <= most) return whole
  return `${whole.slice(0, Math.max(0, most - 1)).replace(/[\ud800-\udbff]$/, '')}…`
}

/** At most `most` bytes of UTF-8. */
export function cutBytes(text: string, most: number): string {
  const whole = text.toWellFormed()
  if (Buffer.byteLength(whole) <= most) return whole
  const ellipsis = '…'
  const { read } = new TextEncoder().encodeInto(whole, new Uint8Array(Math.max(0, most - 3)))
  return `${whole.slice(0, read)}${ellipsis}`
}

/** Without the control characters that no text has, lines and tabs kept. */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must go
  return text.toWellFormed().replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '')
}
