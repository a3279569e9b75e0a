/** A sample's value in a vector or matrix, without quotes: decimal, with an exponent only where very large or small. */
export function writeSampleValue(value: number): string {
  if (Number.isInteger(value)) return Object.is(value, -0) ? '-0' : padExponent(String(value))
  if (Number.isNaN(value)) return 'NaN'
  if (value === Infinity) return '+Inf'
  if (value === -Infinity) return '-Inf'
  return padExponent(String(value))
}

/** Go writes at least two digits of an exponent. */
function padExponent(text: string): string {
  const at = text.indexOf('e')
  return at >= 0 && text.length === at + 3 ? `${text.slice(0, at + 2)}0${text.slice(at + 2)}` : text
}

/** A sample's time as seconds, with three decimals unless it is a whole second. */
export function writeSampleTime(ms: number): string {
  const rest = ms % 1000
  if (rest === 0) return String(ms / 1000)
  const whole = Math.trunc(ms / 1000)
  const sign = ms < 0 && whole === 0 ? '-' : ''
  return `${sign}${whole}.${String(Math.abs(rest)).padStart(3, '0')}`
}
