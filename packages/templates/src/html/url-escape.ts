import { isKind, type Value } from '../values/value.ts'
import { textOf, UNSAFE_VALUE } from './markup-escape.ts'

const SAFE_SCHEME = /^(?:https?|mailto)$/i

/** A URL whose scheme a page may link to, or none; anything else is replaced. */
export function filterUrl(value: Value): Value {
  if (isKind(value, 'safe') && value.as === 'URL') return value
  const text = textOf(value)
  return hasSafeScheme(text) ? text : `#${UNSAFE_VALUE}`
}

function hasSafeScheme(url: string): boolean {
  const colon = url.indexOf(':')
  if (colon < 0 || url.slice(0, colon).includes('/')) return true
  return SAFE_SCHEME.test(url.slice(0, colon))
}

/** A whole URL or the beginning of one: encodes what a URL may not hold, and nothing twice. */
export function normalizeUrl(value: Value): Value {
  return encode(textOf(value), /[A-Za-z0-9\-._~!#$&*+,/:;=?@[\]]/)
}

/** A part of a URL's query: encodes all that has a meaning there. */
export function escapeUrlPart(value: Value): Value {
  if (isKind(value, 'safe') && value.as === 'URL') return normalizeUrl(value)
  return encode(textOf(value), /[A-Za-z0-9\-._~]/, 'percent')
}

function encode(text: string, kept: RegExp, percent?: 'percent'): string {
  let out = ''
  for (let at = 0; at < text.length; at++) {
    const c = text.charAt(at)
    const isEscape = c === '%' && percent === undefined && /^%[\da-fA-F]{2}/.test(text.slice(at, at + 3))
    if (isEscape || kept.test(c)) out += c
    else {
      const whole = String.fromCodePoint(text.codePointAt(at) ?? 0xfffd)
      if (whole.length > 1) at++
      for (const byte of Buffer.from(whole)) out += `%${byte.toString(16).padStart(2, '0')}`
    }
  }
  return out
}

/** A `srcset`: addresses with their widths, between commas; one that is not safe is replaced. */
export function filterSrcset(value: Value): Value {
  if (isKind(value, 'safe') && value.as === 'URL') return textOf(normalizeUrl(value)).replaceAll(',', '%2c')
  return textOf(value).split(',').map(filterCandidate).join(',')
}

function filterCandidate(candidate: string): string {
  const match = /^([ \t\n\f\r]*)([^ \t\n\f\r]*)([ \t\n\f\r]*)([A-Za-z0-9 \t\n\f\r.]*)$/.exec(candidate)
  const [, before = '', url = '', gap = '', size = ''] = match ?? []
  if (!match || !hasSafeScheme(url)) return `#${UNSAFE_VALUE}`
  return before + textOf(normalizeUrl(url)) + gap + size
}
