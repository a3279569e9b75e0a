const ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
}

/** The text of a Go string literal, interpreted or raw; undefined when an escape is not Go's. */
export function unquote(literal: string): string | undefined {
  if (literal.startsWith('`')) return literal.slice(1, -1).replaceAll('\r', '')
  let bad = false
  const text = literal
    .slice(1, -1)
    .replace(/\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{3})|(.))/gs, (_, ...groups) => {
      const [x, u, U, octal, letter] = groups as (string | undefined)[]
      const point = octal === undefined ? Number.parseInt(x ?? u ?? U ?? '', 16) : Number.parseInt(octal, 8)
      const escaped = letter === undefined ? undefined : ESCAPES[letter]
      if (escaped !== undefined) return escaped
      if (Number.isNaN(point) || point > 0x10ffff) {
        bad = true
        return ''
      }
      return String.fromCodePoint(point)
    })
  return bad ? undefined : text
}

/** A Go number literal: an integer as `bigint`, a float as `number`; undefined when it is neither. */
export function parseNumber(literal: string): number | bigint | undefined {
  const digits = literal.replaceAll('_', '').replace(/^\+/, '')
  if (/^-?0[xXbBoO]/.test(digits)) {
    const magnitude = BigInt(digits.replace('-', '').toLowerCase())
    return digits.startsWith('-') ? -magnitude : magnitude
  }
  if (/^-?0[0-7]+$/.test(digits)) {
    const magnitude = BigInt(digits.replace(/^-?0/, '0o'))
    return digits.startsWith('-') ? -magnitude : magnitude
  }
  if (/^-?\d+$/.test(digits)) return BigInt(digits)
  const value = Number(digits)
  return Number.isNaN(value) ? undefined : value
}
