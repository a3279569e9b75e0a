import { parseDuration } from '@tocsin/promql'

/** Milliseconds of a duration as rule files write it: `5m`, `1h30m`, `0`. @throws RangeError */
export function parseRuleDuration(text: string): number {
  if (text === '0') return 0
  if (text === '') throw new RangeError('empty duration string')
  const ms = parseDuration(text)
  if (ms === undefined) throw new RangeError(`not a valid duration string: ${JSON.stringify(text)}`)
  return ms
}
