const UNIT_MS = { y: 31_536_000_000, w: 604_800_000, d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000, ms: 1 }
const DURATION = /^(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/

/** Milliseconds of a duration as rule files write it: `5m`, `1h30m`, `0`. @throws RangeError */
export function parseRuleDuration(text: string): number {
  if (text === '0') return 0
  if (text === '') throw new RangeError('empty duration string')
  const found = DURATION.exec(text)
  if (!found) throw new RangeError(`not a valid duration string: ${JSON.stringify(text)}`)
  return Object.values(UNIT_MS).reduce((sum, ms, i) => sum + Number(found[i + 1] ?? 0) * ms, 0)
}

/** Seconds of a duration; a sign may stand before it. @throws RangeError */
export function durationSeconds(text: string): number {
  return text.startsWith('-') ? -parseRuleDuration(text.slice(1)) / 1000 : parseRuleDuration(text) / 1000
}
