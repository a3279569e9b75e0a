const UNITS: readonly (readonly [unit: string, ms: number])[] = [
  ['y', 365 * 86_400_000],
  ['w', 7 * 86_400_000],
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
]
const PATTERN = /^(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/
/** Prometheus keeps durations as 64-bit nanoseconds. */
const LONGEST_MS = 9_223_372_036_854

/** Milliseconds of a duration such as `1h30m`; undefined when it is none or longer than 292 years. */
export function parseDuration(text: string): number | undefined {
  const found = PATTERN.exec(text)
  if (!found || text === '') return undefined
  let ms = 0
  for (const [i, [, unitMs]] of UNITS.entries()) ms += Number(found[i + 1] ?? 0) * unitMs
  return ms <= LONGEST_MS ? ms : undefined
}

/** A duration as Prometheus writes it: the largest units first, years and weeks only when exact. */
export function formatDuration(durationMs: number): string {
  if (durationMs === 0) return '0s'
  let rest = Math.abs(Math.trunc(durationMs))
  let text = durationMs < 0 ? '-' : ''
  for (const [unit, unitMs] of UNITS) {
    const exactOnly = unit === 'y' || unit === 'w'
    if (exactOnly && rest % unitMs !== 0) continue
    const count = Math.floor(rest / unitMs)
    if (count === 0) continue
    text += `${count}${unit}`
    rest -= count * unitMs
  }
  return text
}
