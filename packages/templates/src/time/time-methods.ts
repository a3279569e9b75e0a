import { DURATION, INT, STRING, secondsOf, TIME } from '../values/params.ts'
import type { DurationValue, Method, MethodSet, NamedInt, Param, TimeValue, Value } from '../values/value.ts'
import { DAYS, dayOfYear, formatTime, localDate, MONTHS, printTime } from './format-time.ts'

type Call = (time: TimeValue, args: readonly Value[]) => Value

const timeOf = (value: Value) => value as TimeValue
const method = (params: readonly Param[], call: Call): Method => ({
  params,
  call: (owner, args) => call(timeOf(owner), args),
})
const part = (read: (local: Date) => number): Method => method([], (time) => BigInt(read(localDate(time))))
const named = (type: string, names: readonly string[], first: number, at: number): NamedInt => ({
  kind: 'named-int',
  type,
  value: BigInt(at + first),
  text: names[at] ?? '',
})
const moved = (time: TimeValue, seconds: number): TimeValue => ({ ...time, ms: time.ms + seconds * 1000 })
const step = (time: TimeValue, ns: Value, round: (n: number) => number): TimeValue => {
  const ms = secondsOf(ns) * 1000
  return ms > 0 ? { ...time, ms: round(time.ms / ms) * ms } : time
}

// Go's time counts from the year 1, as its zero value shows.
const ZERO_MS = Date.UTC(2001, 0, 1) - 2000 * 365.2425 * 86_400_000

/** The methods of Go's `time.Time` that a template can call. */
export const timeMethods: MethodSet = {
  Format: method([STRING], (time, [layout]) => formatTime(time, layout as string)),
  String: method([], printTime),
  UTC: method([], (time) => ({ ...time, zone: 'UTC' })),
  Local: method([], (time) => ({ ...time, zone: 'UTC' })),
  IsZero: method([], (time) => time.ms === ZERO_MS),
  Unix: method([], (time) => BigInt(Math.floor(time.ms / 1000))),
  UnixMilli: method([], (time) => BigInt(time.ms)),
  UnixMicro: method([], (time) => BigInt(time.ms) * 1000n),
  UnixNano: method([], (time) => BigInt(time.ms) * 1_000_000n),
  Year: part((local) => local.getUTCFullYear()),
  Month: method([], (time) => named('time.Month', MONTHS, 1, localDate(time).getUTCMonth())),
  Day: part((local) => local.getUTCDate()),
  Weekday: method([], (time) => named('time.Weekday', DAYS, 0, localDate(time).getUTCDay())),
  YearDay: part(dayOfYear),
  Hour: part((local) => local.getUTCHours()),
  Minute: part((local) => local.getUTCMinutes()),
  Second: part((local) => local.getUTCSeconds()),
  Nanosecond: part((local) => local.getUTCMilliseconds() * 1_000_000),
  After: method([TIME], (time, [other]) => time.ms > timeOf(other).ms),
  Before: method([TIME], (time, [other]) => time.ms < timeOf(other).ms),
  Equal: method([TIME], (time, [other]) => time.ms === timeOf(other).ms),
  Compare: method([TIME], (time, [other]) => BigInt(Math.sign(time.ms - timeOf(other).ms))),
  Sub: method(
    [TIME],
    (time, [other]): DurationValue => ({
      kind: 'duration',
      seconds: (time.ms - timeOf(other).ms) / 1000,
    }),
  ),
  Add: method([DURATION], (time, [by]) => moved(time, secondsOf(by))),
  AddDate: method([INT, INT, INT], (time, [years, months, days]) => {
    const local = localDate(time)
    const date = new Date(local)
    date.setUTCFullYear(date.getUTCFullYear() + Number(years), date.getUTCMonth() + Number(months))
    date.setUTCDate(date.getUTCDate() + Number(days))
    return moved(time, (date.getTime() - local.getTime()) / 1000)
  }),
  Round: method([DURATION], (time, [to]) => step(time, to, Math.round)),
  Truncate: method([DURATION], (time, [to]) => step(time, to, Math.floor)),
}
