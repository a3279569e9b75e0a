import { parseDuration } from '@tocsin/promql'
import { CliError } from '../errors.ts'

/** The flags that say when, as they were given. */
export interface TimeFlags {
  readonly time?: string
  readonly range?: string
  readonly from?: string
  readonly to?: string
  readonly step?: string
}

/** What is asked for, in milliseconds since the epoch. An instant without a time is the backend's now. */
export type When =
  | { readonly kind: 'instant'; readonly timeMs: number | undefined }
  | { readonly kind: 'range'; readonly startMs: number; readonly endMs: number; readonly stepMs: number }

const DATE = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?$/
/** About the points that a chart shows side by side. */
const STEPS = 80

/** @throws {CliError} `bad-usage` */
export function readTimes(flags: TimeFlags, nowMs: number): When {
  const { time, range, from, to, step } = flags
  if (range === undefined && from === undefined) {
    if (to !== undefined || step !== undefined)
      throw badUsage(`${to === undefined ? '--step' : '--to'} needs --range or --from`)
    return { kind: 'instant', timeMs: time === undefined ? undefined : readTime('--time', time, nowMs) }
  }
  if (time !== undefined)
    throw badUsage('--time asks for one moment, and a range for many: say --to for its end')
  if (range !== undefined && from !== undefined)
    throw badUsage('--range and --from both say where the range begins: leave one out')
  const endMs = to === undefined ? nowMs : readTime('--to', to, nowMs)
  const startMs =
    range === undefined ? readTime('--from', from ?? '', nowMs) : endMs - readDuration('--range', range)
  if (startMs >= endMs) throw badUsage('the range ends before it begins')
  const stepMs = step === undefined ? usualStep(endMs - startMs) : readDuration('--step', step)
  return { kind: 'range', startMs, endMs, stepMs }
}

function readTime(flag: string, text: string, nowMs: number): number {
  if (text === 'now') return nowMs
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000
  const ago = parseDuration(text)
  if (ago !== undefined) return nowMs - ago
  const ms = DATE.test(text) ? Date.parse(text.replace(' ', 'T')) : Number.NaN
  if (Number.isNaN(ms))
    throw badUsage(
      `${flag} ${text} is no time: give Unix seconds, a date such as 2026-01-31T09:30:00Z, or how long ago, such as 10m`,
    )
  return ms
}

function readDuration(flag: string, text: string): number {
  const ms = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : parseDuration(text)
  if (ms === undefined || ms <= 0)
    throw badUsage(`${flag} ${text} is no duration: give one such as 30s or 1h30m, or seconds`)
  return ms
}

function usualStep(rangeMs: number): number {
  return Math.max(1, Math.ceil(rangeMs / 1000 / STEPS)) * 1000
}

function badUsage(message: string): CliError {
  return new CliError('bad-usage', message)
}
