/** A sample's value of the API as a number. */
export function numberOf(text: string): number {
  return Number(text.replace('Inf', 'Infinity'))
}

/** Rounded to six digits, or to a whole number where that has more; infinities as PromQL writes them. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value))
    return String(value).replace(/^(-?)Infinity$/, (_, sign) => `${sign || '+'}Inf`)
  const size = Math.abs(value)
  return String(size >= 1e6 && size < 1e15 ? Math.round(value) : Number(value.toPrecision(6)))
}

/** A value on an axis that covers `span`: with as many decimals as tell its ticks apart. */
export function formatTick(value: number, span: number): string {
  if (span === 0 || value === 0) return formatNumber(value)
  if (Math.abs(value) >= 1e12 || span < 1e-8) return value.toExponential(2)
  return value.toFixed(Math.max(0, Math.ceil(-Math.log10(span)) + 2))
}

/** Local time to the second: `2026-01-31 09:30:00`. */
export function formatTime(ms: number): string {
  // Sweden writes times as ISO 8601 does.
  return new Date(ms).toLocaleString('sv-SE')
}
