import type { CapacityForecast } from '@tocsin/contract'

type ForecastPoint = CapacityForecast['points'][number]
type Crossing = CapacityForecast['crossings'][number]

/** When a forecast passes 80, 90 and 100 % of the limit; null where it does not within the points given. */
export function findCrossings(points: readonly ForecastPoint[], limit: number): Crossing[] {
  return [80, 90, 100].map((percent) => {
    const level = (limit * percent) / 100
    return {
      percent,
      earliest: passes(points, level, (point) => point.upper95),
      expected: passes(points, level, (point) => point.value),
      latest: passes(points, level, (point) => point.lower95),
    }
  })
}

/** The first moment at which a line through the points reaches a level. */
function passes(
  points: readonly ForecastPoint[],
  level: number,
  of: (point: ForecastPoint) => number,
): string | null {
  for (const [i, point] of points.entries()) {
    if (of(point) < level) continue
    const before = points[i - 1]
    if (!before) return point.time
    const from = Date.parse(before.time)
    const share = (level - of(before)) / (of(point) - of(before))
    return new Date(Math.round(from + share * (Date.parse(point.time) - from))).toISOString()
  }
  return null
}
