import { parseDuration } from '@tocsin/promql'

/** Seconds of a duration such as `1h30m`; a sign may stand before it. @throws RangeError */
export function durationSeconds(text: string): number {
  const bare = text.replace(/^-/, '')
  const ms = bare === '0' ? 0 : parseDuration(bare)
  if (bare === '') throw new RangeError('empty duration string')
  if (ms === undefined) throw new RangeError(`not a valid duration string: ${JSON.stringify(bare)}`)
  return (bare === text ? ms : -ms) / 1000
}
