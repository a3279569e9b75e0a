/** Significant decimal digits of a finite number: 0.d1d2d3… × 10^point. */
interface Decimal {
  readonly digits: string
  readonly point: number
}

export type FloatVerb = 'e' | 'E' | 'f' | 'F' | 'g' | 'G'

/**
 * A number as Go's `strconv.FormatFloat` writes it.
 * @param precision digits after the point, significant ones of `g`; without it the shortest that reads back
 */
export function formatFloat(value: number, verb: FloatVerb, precision?: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf'
  const sign = value < 0 || Object.is(value, -0) ? '-' : ''
  const text = formatMagnitude(Math.abs(value), verb, precision)
  return sign + text
}

function formatMagnitude(value: number, verb: FloatVerb, precision: number | undefined): string {
  const lower = verb.toLowerCase()
  if (lower === 'f') {
    const exact = precision === undefined ? shortest(value) : roundAt(exactly(value), precision, 'decimals')
    return fixed(exact, precision)
  }
  const significant = lower === 'e' ? (precision ?? 0) + 1 : Math.max(precision ?? 1, 1)
  const decimal = precision === undefined ? shortest(value) : roundAt(exactly(value), significant, 'digits')
  if (lower === 'e') return exponential(decimal, verb, precision)
  const digits = decimal.digits.replace(/0+$/, '')
  const shown = { digits: digits === '' ? '0' : digits, point: decimal.point }
  const exponent = decimal.point - 1
  if (exponent < -4 || exponent >= exponentLimit(shown, precision)) return exponential(shown, verb, undefined)
  return fixed(shown, undefined)
}

/** From which power of ten `%g` writes an exponent: Go takes 6 where the precision is left open. */
function exponentLimit({ digits, point }: Decimal, precision: number | undefined): number {
  if (precision === undefined) return 6
  const significant = Math.max(precision, 1)
  return significant > digits.length && digits.length >= point ? digits.length : significant
}

function shortest(value: number): Decimal {
  return fromExponential(value.toExponential())
}

/** All digits of the number as it is in memory: a hundred where it is a fraction, every one of a whole number. */
function exactly(value: number): Decimal {
  if (!Number.isInteger(value)) return fromExponential(value.toExponential(100))
  const digits = BigInt(value).toString()
  return { digits, point: value === 0 ? 0 : digits.length }
}

function fromExponential(text: string): Decimal {
  const [mantissa = '0', exponent = '0'] = text.split('e')
  const digits = mantissa.replace('.', '')
  return /^0+$/.test(digits) ? { digits: '0', point: 0 } : { digits, point: Number(exponent) + 1 }
}

/** Rounds half to even, at a number of significant digits or of decimals. */
function roundAt({ digits, point }: Decimal, at: number, unit: 'digits' | 'decimals'): Decimal {
  const keep = unit === 'digits' ? at : point + at
  if (keep >= digits.length) return { digits, point }
  if (keep < 0) return { digits: '0', point: 0 }
  const head = digits.slice(0, keep)
  const tail = digits.slice(keep)
  const half = `5${'0'.repeat(tail.length - 1)}`
  const odd = Number(head.at(-1) ?? '0') % 2 === 1
  const up = tail > half || (tail === half && odd)
  if (!up) return head === '' ? { digits: '0', point: 0 } : { digits: head, point }
  const raised = (BigInt(`0${head}`) + 1n).toString().padStart(keep, '0')
  return { digits: raised.slice(0, Math.max(keep, 1)), point: point + raised.length - keep }
}

function fixed({ digits, point }: Decimal, decimals: number | undefined): string {
  const whole = point > 0 ? digits.slice(0, point).padEnd(point, '0') : '0'
  const fraction = point >= 0 ? digits.slice(Math.max(point, 0)) : '0'.repeat(-point) + digits
  const shown =
    decimals === undefined
      ? digits === '0'
        ? ''
        : fraction
      : fraction.slice(0, decimals).padEnd(decimals, '0')
  return shown === '' ? whole : `${whole}.${shown}`
}

function exponential({ digits, point }: Decimal, verb: string, decimals: number | undefined): string {
  const exponent = digits === '0' ? 0 : point - 1
  const rest = decimals === undefined ? digits.slice(1) : digits.slice(1).padEnd(decimals, '0')
  const power = `${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`
  return `${digits[0]}${rest === '' ? '' : `.${rest}`}${verb === 'E' || verb === 'G' ? 'E' : 'e'}${power}`
}
