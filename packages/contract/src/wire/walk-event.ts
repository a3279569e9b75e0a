import { type Cuts, ID, TIME, VALUE, type VaryingField } from './cuts.ts'
import type { NumberScanner } from './scan-number.ts'

const QUOTE = 34
const BACKSLASH = 92
const COLON = 58
const COMMA = 44
const OPEN = 91
const CLOSE = 93
const OPEN_OBJECT = 123
const CLOSE_OBJECT = 125

const FIELDS: readonly (readonly [Uint8Array, VaryingField])[] = [
  [Buffer.from('value'), VALUE],
  [Buffer.from('time'), TIME],
  [Buffer.from('id'), ID],
]
const SAMPLES = Buffer.from('samples')

/**
 * Finds the end of the object that begins at `from`, and cuts it at what varies from event to event. Gives the place
 * behind it; -1 where it is written otherwise than plainly: what this cannot read is for the JSON parser. It does not
 * decide whether the bytes between are JSON.
 */
export function walkEvent(bytes: Uint8Array, from: number, cuts: Cuts, numbers: NumberScanner): number {
  cuts.from = from
  cuts.count = 0
  for (let i = from + 1; ; i++) {
    i = skipSpace(bytes, i)
    if (bytes[i] !== QUOTE) return -1
    const keyFrom = i + 1
    const keyTo = textEnd(bytes, keyFrom)
    // A key with escapes may be any name.
    if (keyTo < 0 || bytes.subarray(keyFrom, keyTo).includes(BACKSLASH)) return -1
    if (isText(bytes, keyFrom, keyTo, SAMPLES)) return -1
    i = skipSpace(bytes, keyTo + 1)
    if (bytes[i] !== COLON) return -1
    i = skipSpace(bytes, i + 1)
    const field = fieldNamed(bytes, keyFrom, keyTo)
    const end = field === undefined ? skipValue(bytes, i) : cutField(bytes, i, field, cuts, numbers)
    if (end < 0) return -1
    i = skipSpace(bytes, end)
    if (bytes[i] === CLOSE_OBJECT) {
      cuts.to = i + 1
      return i + 1
    }
    if (bytes[i] !== COMMA) return -1
  }
}

function fieldNamed(bytes: Uint8Array, from: number, to: number): VaryingField | undefined {
  for (const [name, field] of FIELDS) if (isText(bytes, from, to, name)) return field
  return undefined
}

function isText(bytes: Uint8Array, from: number, to: number, text: Uint8Array): boolean {
  if (to - from !== text.length) return false
  for (let i = 0; i < text.length; i++) if (bytes[from + i] !== text[i]) return false
  return true
}

/** Cuts out the number, or what stands between the quotes; gives the place behind the value. */
function cutField(
  bytes: Uint8Array,
  from: number,
  field: VaryingField,
  cuts: Cuts,
  numbers: NumberScanner,
): number {
  // A field that comes twice is for the JSON parser, which takes the last.
  for (let i = 0; i < cuts.count; i++) if (cuts.fields[i] === field) return -1
  const n = cuts.count++
  cuts.fields[n] = field
  if (field === VALUE) {
    numbers.scan(bytes, from)
    cuts.starts[n] = from
    cuts.ends[n] = numbers.end
    return numbers.end === from ? -1 : numbers.end
  }
  if (bytes[from] !== QUOTE) return -1
  const end = textEnd(bytes, from + 1)
  cuts.starts[n] = from + 1
  cuts.ends[n] = end
  return end < 0 ? -1 : end + 1
}

/** The closing quote of a text, past escapes; -1 when there is none. */
function textEnd(bytes: Uint8Array, from: number): number {
  for (let i = from; i < bytes.length; i++) {
    const byte = bytes[i]
    if (byte === QUOTE) return i
    if (byte === BACKSLASH) i++
  }
  return -1
}

/** The place behind a value of any kind: past its texts and brackets. */
function skipValue(bytes: Uint8Array, from: number): number {
  let depth = 0
  for (let i = from; i < bytes.length; i++) {
    const byte = bytes[i]
    if (byte === QUOTE) {
      i = textEnd(bytes, i + 1)
      if (i < 0) return -1
      if (depth === 0) return i + 1
    } else if (byte === OPEN || byte === OPEN_OBJECT) depth++
    else if (byte === CLOSE || byte === CLOSE_OBJECT) {
      if (depth === 0) return i
      depth--
      if (depth === 0) return i + 1
    } else if (depth === 0 && (byte === COMMA || isSpace(byte))) return i
  }
  return -1
}

function skipSpace(bytes: Uint8Array, from: number): number {
  let i = from
  while (isSpace(bytes[i])) i++
  return i
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
}
