import { type FloatVerb, formatFloat } from './format-float.ts'
import { printValue } from './print-value.ts'
import { quote } from './quote.ts'
import { isKind, typeName, type Value } from './value.ts'

// Go's own bound on widths and precisions is 10^6; a label or annotation needs no such padding.
const MAX_WIDTH = 1000
// Flags, width, precision, the number of the argument, the verb.
const DIRECTIVE = /%([+\-# 0]*)(\*|\d+)?(?:\.(\*|\d*))?(?:\[(\d+)\])?(.|$)/gs

interface Flags {
  readonly plus: boolean
  readonly sharp: boolean
  readonly space: boolean
  readonly precision: number | undefined
}

/** Go's `fmt.Sprintf`, for the values templates have. Faults are written into the text, as Go does. */
export function sprintf(format: string, args: readonly Value[]): string {
  let used = 0
  // Go asks for no use of every argument once one was asked for by its number.
  let numbered = false
  const number = (text: string | undefined): number | undefined => {
    if (text === undefined) return undefined
    const value = text === '*' ? Number(args[used++]) : Number(text)
    return Number.isInteger(value) ? Math.max(-MAX_WIDTH, Math.min(MAX_WIDTH, value)) : undefined
  }
  const text = format.replace(
    DIRECTIVE,
    (_, flags: string, width?: string, precision?: string, place?: string, verb = '') => {
      const columns = number(width)
      const digits = precision === '' ? 0 : number(precision)
      if (verb === '%') return '%'
      if (verb === '') return '%!(NOVERB)'
      if (place !== undefined) {
        used = Number(place) - 1
        numbered = true
      }
      if (used < 0 || used >= args.length) return place ? `%!${verb}(BADINDEX)` : `%!${verb}(MISSING)`
      const value = args[used++]
      const body = formatVerb(verb, value, {
        plus: flags.includes('+'),
        sharp: flags.includes('#'),
        space: flags.includes(' '),
        precision: digits,
      })
      const left = flags.includes('-') || (columns ?? 0) < 0
      const zero = flags.includes('0') && !left && !/Inf|NaN/.test(body)
      return pad(body, Math.abs(columns ?? 0), left, zero)
    },
  )
  const extra = args.slice(used).map((arg) => `${typeName(arg)}=${printValue(arg)}`)
  return extra.length > 0 && !numbered ? `${text}%!(EXTRA ${extra.join(', ')})` : text
}

function pad(body: string, columns: number, left: boolean, zero: boolean): string {
  const missing = columns - [...body].length
  if (missing <= 0) return body
  if (left) return body + ' '.repeat(missing)
  if (!zero) return ' '.repeat(missing) + body
  const sign = /^[+\- ]/.test(body) ? body.charAt(0) : ''
  return sign + '0'.repeat(missing) + body.slice(sign.length)
}

function formatVerb(verb: string, value: Value, flags: Flags): string {
  if (verb === 'T') return value == null ? '<nil>' : typeName(value)
  // A plus sign asks `%v` for names of fields, which values here do not have.
  if (verb === 'v') return printValue(value)
  if (isKind(value, 'list')) return `[${value.items.map((v) => formatVerb(verb, v, flags)).join(' ')}]`
  const text = formatAs(verb, value, flags)
  if (text === undefined)
    return value == null ? `%!${verb}(<nil>)` : `%!${verb}(${typeName(value)}=${printValue(value)})`
  return signed(value, text, flags)
}

/** The value by the rules of its kind; undefined where the verb is none of them. */
function formatAs(verb: string, value: Value, flags: Flags): string | undefined {
  if (typeof value === 'number') return formatNumber(verb, value, flags)
  if (typeof value === 'bigint') return formatInteger(verb, value, flags)
  if (typeof value === 'string') return formatString(verb, value, flags)
  if (typeof value === 'boolean') return verb === 't' ? String(value) : undefined
  if (value == null) return undefined
  if (isKind(value, 'named-int') && verb !== 's') return formatInteger(verb, value.value, flags)
  if (isKind(value, 'duration') && verb !== 's')
    return formatInteger(verb, BigInt(Math.round(value.seconds * 1e9)), flags)
  return verb === 's' || verb === 'q' || isKind(value, 'safe')
    ? formatString(verb, printValue(value), flags)
    : undefined
}

/** Puts the sign that `+` or a space asks for before a number that is not negative. */
function signed(value: Value, text: string, { plus, space }: Flags): string {
  if (typeof value !== 'number' && typeof value !== 'bigint') return text
  if (/^[+-]/.test(text)) return text
  return plus ? `+${text}` : space ? ` ${text}` : text
}

function formatNumber(verb: string, value: number, { precision }: Flags): string | undefined {
  if (!/^[eEfFgG]$/.test(verb)) return undefined
  const asked = precision ?? (/^[gG]$/.test(verb) ? undefined : 6)
  return formatFloat(value, verb as FloatVerb, asked)
}

function formatInteger(verb: string, value: bigint, { sharp, precision }: Flags): string | undefined {
  const radix = { d: 10, b: 2, o: 8, x: 16, X: 16 }[verb]
  if (radix) {
    const digits = (value < 0n ? -value : value).toString(radix).padStart(precision ?? 0, '0')
    const prefix = sharp ? ({ b: '0b', o: '0', x: '0x', X: '0X' }[verb] ?? '') : ''
    return (value < 0n ? '-' : '') + prefix + (verb === 'X' ? digits.toUpperCase() : digits)
  }
  const point = value >= 0n && value <= 0x10ffffn ? Number(value) : 0xfffd
  if (verb === 'c') return String.fromCodePoint(point)
  if (verb === 'q') return `'${quote(String.fromCodePoint(point)).slice(1, -1)}'`
  if (verb === 'U') return `U+${value.toString(16).toUpperCase().padStart(4, '0')}`
  return undefined
}

function formatString(verb: string, value: string, { precision, sharp }: Flags): string | undefined {
  const cut = precision === undefined ? value : [...value].slice(0, precision).join('')
  if (verb === 's') return cut
  if (verb === 'q') return sharp && !cut.includes('`') ? `\`${cut}\`` : quote(cut)
  if (verb === 'x') return Buffer.from(cut).toString('hex')
  if (verb === 'X') return Buffer.from(cut).toString('hex').toUpperCase()
  return undefined
}
