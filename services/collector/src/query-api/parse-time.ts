import { parseDuration } from '@tocsin/promql'
import { badParameter } from './api-error.ts'

/** The bounds that clients send for "all time", and what they mean here. Milliseconds since the epoch. */
const ALL_TIME: Readonly<Record<string, number>> = {
  '-292273086-05-16T16:47:06Z': -8.64e15,
  '292277025-08-18T07:12:54.999999999Z': 8.64e15,
}
const RFC3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/
const LONGEST_SECONDS = 2 ** 63 / 1e9

/** Reads Unix seconds or RFC 3339. Milliseconds since the epoch; undefined when it is neither. */
export function parseTime(text: string): number | undefined {
  const seconds = parseFloatStrictly(text)
  if (seconds !== undefined) return Math.abs(seconds) <= 8.64e12 ? Math.round(seconds * 1000) : undefined
  const bound = ALL_TIME[text]
  if (bound !== undefined) return bound
  const ms = RFC3339.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(ms) ? undefined : ms
}

/** The time a parameter gives, or `otherwise` where it may be left out. Milliseconds since the epoch. @throws {ApiError} */
export function timeParameter(form: URLSearchParams, name: string, otherwise?: number): number {
  const text = form.get(name) ?? ''
  if (text === '' && otherwise !== undefined) return otherwise
  const ms = parseTime(text)
  if (ms !== undefined) return ms
  const reason = `cannot parse ${JSON.stringify(text)} to a valid timestamp`
  throw badParameter(name, otherwise === undefined ? reason : `Invalid time value for '${name}': ${reason}`)
}

/** The duration a parameter gives, as seconds or as `1h30m`. Milliseconds. @throws {ApiError} */
export function durationParameter(form: URLSearchParams, name: string): number {
  const text = form.get(name) ?? ''
  const seconds = parseFloatStrictly(text)
  const reason = `cannot parse ${JSON.stringify(text)} to a valid duration`
  if (seconds !== undefined) {
    if (Math.abs(seconds) > LONGEST_SECONDS) throw badParameter(name, `${reason}. It overflows int64`)
    return seconds * 1000
  }
  const ms = text === '0' ? 0 : parseDuration(text)
  if (ms === undefined) throw badParameter(name, reason)
  return ms
}

function parseFloatStrictly(text: string): number | undefined {
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined
}
