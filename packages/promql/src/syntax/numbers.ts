import { parseDuration } from './durations.ts'

/** A number as PromQL writes it: decimal, hexadecimal, octal, `Inf`, `NaN`, underscores between digits. */
export function parseNumber(text: string): number | undefined {
  const lower = text.toLowerCase()
  if (lower === 'inf') return Number.POSITIVE_INFINITY
  if (lower === 'nan') return Number.NaN
  const digits = lower.replaceAll('_', '')
  if (/^0x[0-9a-f]+$/.test(digits)) return Number(digits)
  if (/^0[0-7]+$/.test(digits)) return Number.parseInt(digits, 8)
  return /^(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/.test(digits) ? Number(digits) : undefined
}

/** The seconds that a number or duration stands for. */
export function parseSeconds(text: string): { value: number; duration: boolean } | undefined {
  const ms = parseDuration(text)
  if (ms !== undefined) return { value: ms / 1000, duration: true }
  const value = parseNumber(text)
  return value === undefined ? undefined : { value, duration: false }
}

/** A number in Go's shortest form (`strconv.FormatFloat(f, 'f', -1, 64)`): never an exponent. */
export function formatFixed(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (value === Number.POSITIVE_INFINITY) return '+Inf'
  if (value === Number.NEGATIVE_INFINITY) return '-Inf'
  if (Object.is(value, -0)) return '-0'
  const text = String(value)
  const found = /^(-?)(\d+)(?:\.(\d+))?e([+-]\d+)$/.exec(text)
  if (!found) return text
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = found
  const digits = whole + fraction
  const point = whole.length + Number(exponent)
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`
  if (point >= digits.length) return sign + digits + '0'.repeat(point - digits.length)
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`
}

/** A number as Prometheus prints one in an expression: the shortest digits, an exponent when it is far from 1. */
function formatNumber(value: number): string {
  const text = formatFixed(value)
  if (!Number.isFinite(value) || value === 0) return text
  const exponent = Math.floor(Math.log10(Math.abs(value)))
  if (exponent >= -4 && exponent < 21) return text
  const [mantissa = '', power = ''] = value.toExponential().split('e')
  return `${mantissa}e${power.startsWith('-') ? '-' : '+'}${power.replace(/^[+-]/, '').padStart(2, '0')}`
}

/** A number as OpenMetrics writes label values such as `le`: always with a point or an exponent. */
export function formatOpenMetrics(value: number): string {
  const text = formatNumber(value)
  return /^-?\d+$/.test(text) ? `${text}.0` : text
}
