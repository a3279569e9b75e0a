import { MatcherError } from './matcher-error.ts'

const ESCAPES: Readonly<Record<string, number>> = {
  a: 7,
  b: 8,
  f: 12,
  n: 10,
  r: 13,
  t: 9,
  v: 11,
  '\\': 92,
  '"': 34,
}
const PIECE =
  /\\(?:x([0-9a-fA-F]{2})|([0-3][0-7]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([abfnrtv\\"]))|[^\\\n]/uy
const encoder = new TextEncoder()

/** The text of a literal in double quotes, as Go writes them. `at`: where it stands. @throws {MatcherError} */
export function unquote(literal: string, at: number): string {
  const bytes: number[] = []
  const inside = literal.slice(1, -1)
  for (PIECE.lastIndex = 0; PIECE.lastIndex < inside.length; ) {
    const from = PIECE.lastIndex
    const piece = PIECE.exec(inside)
    if (!piece) throw invalid(at + 1 + from, inside.slice(from, from + 4))
    const [all, hex, octal, short, long, letter] = piece
    const byte = hex
      ? Number.parseInt(hex, 16)
      : octal
        ? Number.parseInt(octal, 8)
        : letter && ESCAPES[letter]
    const point = short ?? long
    if (typeof byte === 'number') bytes.push(byte)
    else bytes.push(...encoder.encode(point ? characterOf(point, at + 1 + from) : all))
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(bytes))
  } catch {
    throw new MatcherError(`at ${at}: ${literal}: the text is not valid UTF-8`)
  }
}

function characterOf(hex: string, at: number): string {
  const point = Number.parseInt(hex, 16)
  if (point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) throw invalid(at, `\\u${hex}`)
  return String.fromCodePoint(point)
}

function invalid(at: number, what: string): MatcherError {
  return new MatcherError(`at ${at}: ${JSON.stringify(what)} is no escape: write \\\\ for a backslash`)
}
