const SIMPLE: Readonly<Record<string, number>> = {
  a: 7,
  b: 8,
  f: 12,
  n: 10,
  r: 13,
  t: 9,
  v: 11,
  '\\': 92,
  "'": 39,
  '"': 34,
}
const HEX_DIGITS: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 }
const STRICT = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const ENCODER = new TextEncoder()
/** A byte that is no UTF-8 is kept as a lone surrogate (as Python's surrogateescape does). */
const ESCAPED_BYTE = 0xdc00

/** The value of a quoted PromQL string with Go's escapes; undefined when it is malformed. */
export function unquote(text: string): string | undefined {
  const quote = text[0]
  if (text.length < 2 || quote === undefined || text.at(-1) !== quote) return undefined
  const body = text.slice(1, -1)
  if (quote === '`') return body.includes('`') ? undefined : body
  if (quote !== '"' && quote !== "'") return undefined
  if (body.includes('\n')) return undefined
  return body.includes('\\') || body.includes(quote) ? decodeEscapes(body, quote) : body
}

function decodeEscapes(body: string, quote: string): string | undefined {
  const bytes: number[] = []
  for (let i = 0; i < body.length; ) {
    const char = String.fromCodePoint(body.codePointAt(i) ?? 0)
    if (char === quote) return undefined
    if (char !== '\\') {
      bytes.push(...ENCODER.encode(char))
      i += char.length
      continue
    }
    const escaped = readEscape(body, i + 1, quote)
    if (!escaped) return undefined
    bytes.push(...escaped.bytes)
    i = escaped.end
  }
  return decodeBytes(Uint8Array.from(bytes))
}

function readEscape(
  body: string,
  at: number,
  quote: string,
): { bytes: Iterable<number>; end: number } | undefined {
  const letter = body[at]
  if (letter === undefined) return undefined
  const simple = SIMPLE[letter]
  if (simple !== undefined) {
    const otherQuote = (letter === "'" || letter === '"') && letter !== quote
    return otherQuote ? undefined : { bytes: [simple], end: at + 1 }
  }
  const octal = /^[0-7]{3}/.exec(body.slice(at, at + 3))
  if (octal) {
    const value = Number.parseInt(octal[0], 8)
    return value > 255 ? undefined : { bytes: [value], end: at + 3 }
  }
  const digits = HEX_DIGITS[letter]
  if (digits === undefined) return undefined
  const hex = body.slice(at + 1, at + 1 + digits)
  if (hex.length !== digits || !/^[0-9a-fA-F]+$/.test(hex)) return undefined
  const value = Number.parseInt(hex, 16)
  const end = at + 1 + digits
  if (letter === 'x') return { bytes: [value], end }
  if (value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff)) return undefined
  return { bytes: ENCODER.encode(String.fromCodePoint(value)), end }
}

function decodeBytes(bytes: Uint8Array): string {
  try {
    return STRICT.decode(bytes)
  } catch {
    // Not UTF-8 as a whole: decode what is, byte by byte where it is not.
  }
  let text = ''
  for (let i = 0; i < bytes.length; ) {
    const length = sequenceLength(bytes, i)
    if (length === 0) text += String.fromCharCode(ESCAPED_BYTE + (bytes[i] ?? 0))
    else text += STRICT.decode(bytes.subarray(i, i + length))
    i += Math.max(1, length)
  }
  return text
}

/** How many bytes from `at` form one valid UTF-8 sequence; 0 when none do. */
function sequenceLength(bytes: Uint8Array, at: number): number {
  for (let length = 1; length <= 4 && at + length <= bytes.length; length++) {
    try {
      STRICT.decode(bytes.subarray(at, at + length))
      return length
    } catch {
      // Try a longer sequence.
    }
  }
  return 0
}

const NAMED: Readonly<Record<number, string>> = {
  7: '\\a',
  8: '\\b',
  9: '\\t',
  10: '\\n',
  11: '\\v',
  12: '\\f',
  13: '\\r',
  34: '\\"',
  92: '\\\\',
}

/** A string in double quotes with Go's escapes (Go's `%q`). */
export function quote(value: string): string {
  let text = '"'
  for (const char of value) {
    const code = char.codePointAt(0) ?? 0
    const named = NAMED[code]
    if (named !== undefined) text += named
    else if (code >= ESCAPED_BYTE && code <= ESCAPED_BYTE + 0xff) text += `\\x${hex(code - ESCAPED_BYTE, 2)}`
    else if (code < 0x20 || code === 0x7f) text += `\\x${hex(code, 2)}`
    else if (isPrintable(char)) text += char
    else text += code > 0xffff ? `\\U${hex(code, 8)}` : `\\u${hex(code, 4)}`
  }
  return `${text}"`
}

function hex(value: number, width: number): string {
  return value.toString(16).padStart(width, '0')
}

function isPrintable(char: string): boolean {
  return char === ' ' || /^[\p{L}\p{M}\p{N}\p{P}\p{S}]$/u.test(char)
}

/** Whether a label may have this name: any non-empty text that is valid UTF-8. */
export function isValidLabelName(name: string): boolean {
  return name !== '' && name.isWellFormed()
}
