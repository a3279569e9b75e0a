/** The φ-quantile of values, interpolated between neighbours; NaN values sort first. Sorts `values`. */
export function quantileOf(q: number, values: Float64Array): number {
  const count = values.length
  if (count === 0 || Number.isNaN(q)) return Number.NaN
  if (q < 0) return Number.NEGATIVE_INFINITY
  if (q > 1) return Number.POSITIVE_INFINITY
  // A typed array sorts NaN last, Prometheus sorts it first.
  values.sort()
  let nans = 0
  while (nans < count && Number.isNaN(values[count - 1 - nans])) nans++
  const at = (i: number): number => (i < nans ? Number.NaN : (values[i - nans] ?? Number.NaN))
  const rank = q * (count - 1)
  const lower = Math.max(0, Math.floor(rank))
  const upper = Math.min(count - 1, lower + 1)
  const weight = rank - Math.floor(rank)
  return at(lower) * (1 - weight) + at(upper) * weight
}
