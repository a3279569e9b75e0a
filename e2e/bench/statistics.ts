/** The value below which a share of the values lies (nearest rank). Values need not be sorted. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN
}

/** A row of figures in milliseconds. */
export function row(name: string, values: readonly number[]): string {
  const cells = [0.5, 0.9, 0.99, 1].map((share) => quantile(values, share).toFixed(1).padStart(9))
  return `${name.padEnd(34)}${String(values.length).padStart(6)}${cells.join('')}`
}

export const header = `${''.padEnd(34)}${'n'.padStart(6)}${['p50', 'p90', 'p99', 'max'].map((c) => c.padStart(9)).join('')}   (ms)`
