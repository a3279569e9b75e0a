import { printTime } from '../time/format-time.ts'
import { formatFloat } from '../values/format-float.ts'

const LARGE = ['k', 'M', 'G', 'T', 'P', 'E', 'Z', 'Y']
const BINARY = ['ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei', 'Zi', 'Yi']
const SMALL = ['m', 'u', 'n', 'p', 'f', 'a', 'z', 'y']
// What an int64 of nanoseconds can hold.
const MAX_TIME_S = 2 ** 63 / 1e9

const short = (value: number) => formatFloat(value, 'g', 4)

/** Divides by `base` until the number is below it, and says by which prefix. */
function scaleDown(value: number, base: number, prefixes: readonly string[]): string {
  let scaled = value
  let prefix = ''
  for (const p of prefixes) {
    if (Math.abs(scaled) < base) break
    prefix = p
    scaled /= base
  }
  return short(scaled) + prefix
}

function scaleUp(value: number): string {
  let scaled = value
  let prefix = ''
  for (const p of SMALL) {
    if (Math.abs(scaled) >= 1) break
    prefix = p
    scaled *= 1000
  }
  return short(scaled) + prefix
}

/** `1.235M`, `120m`: metric prefixes, four digits. */
export function humanize(value: number): string {
  if (value === 0 || !Number.isFinite(value)) return short(value)
  return Math.abs(value) >= 1 ? scaleDown(value, 1000, LARGE) : scaleUp(value)
}

/** `1.177Mi`: prefixes of 1024. */
export function humanize1024(value: number): string {
  return Math.abs(value) <= 1 || !Number.isFinite(value) ? short(value) : scaleDown(value, 1024, BINARY)
}

/** Seconds as `1d 2h 3m 4s`, `1.234s` or `120ms`. */
export function humanizeDuration(value: number): string {
  if (!Number.isFinite(value)) return short(value)
  if (value === 0) return '0s'
  if (Math.abs(value) < 1) return `${scaleUp(value)}s`
  const sign = value < 0 ? '-' : ''
  const whole = Math.trunc(Math.abs(value))
  const [d, h, m, s] = [
    Math.floor(whole / 86400),
    Math.floor(whole / 3600) % 24,
    Math.floor(whole / 60) % 60,
    whole % 60,
  ]
  if (d > 0) return `${sign}${d}d ${h}h ${m}m ${s}s`
  if (h > 0) return `${sign}${h}h ${m}m ${s}s`
  if (m > 0) return `${sign}${m}m ${s}s`
  return `${sign}${short(Math.abs(value))}s`
}

export function humanizePercentage(value: number): string {
  return `${short(value * 100)}%`
}

/** Seconds since 1970 as `2015-06-23 13:19:44.128 +0000 UTC`. */
export function humanizeTimestamp(value: number): string {
  return Number.isFinite(value) ? printTime({ kind: 'time', ms: timeOf(value), zone: 'UTC' }) : short(value)
}

/** Seconds since 1970 in milliseconds. @throws RangeError where Go's time cannot hold it */
export function timeOf(seconds: number): number {
  if (Number.isNaN(seconds) || Math.abs(seconds) >= MAX_TIME_S)
    throw new RangeError(
      `${formatFloat(seconds, 'g')} cannot be represented as a nanoseconds timestamp since it overflows int64`,
    )
  return Math.trunc((seconds * 1e9) / 1e6)
}
