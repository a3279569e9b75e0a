/** From the first to the last, both included. */
export interface Range {
  readonly begin: number
  readonly end: number
}

/** A recurring time, as Alertmanager's: all that is stated must hold, of each list one. An absent list always holds. */
export interface TimeInterval {
  /** Minutes of the day, the last one not included. */
  readonly times: readonly Range[] | undefined
  /** From 0 for Sunday to 6. */
  readonly weekdays: readonly Range[] | undefined
  /** From 1; below zero from the end of the month. */
  readonly daysOfMonth: readonly Range[] | undefined
  readonly months: readonly Range[] | undefined
  readonly years: readonly Range[] | undefined
  /** The time zone, by its name in the IANA database. */
  readonly location: string
}

interface ZonedTime {
  readonly year: number
  readonly month: number
  readonly day: number
  readonly minute: number
  readonly weekday: number
}

const formats = new Map<string, Intl.DateTimeFormat>()

/** Whether a moment lies in the interval. Milliseconds since the epoch. */
export function containsTime(interval: TimeInterval, timeMs: number): boolean {
  const time = zonedTime(timeMs, interval.location)
  const { times, weekdays, daysOfMonth, months, years } = interval
  return (
    isInSome(times, ({ begin, end }) => time.minute >= begin && time.minute < end) &&
    isInSome(daysOfMonth, (range) => isDayOfMonth(time, range)) &&
    isInSome(months, ({ begin, end }) => time.month >= begin && time.month <= end) &&
    isInSome(weekdays, ({ begin, end }) => time.weekday >= begin && time.weekday <= end) &&
    isInSome(years, ({ begin, end }) => time.year >= begin && time.year <= end)
  )
}

function isInSome(ranges: readonly Range[] | undefined, holds: (range: Range) => boolean): boolean {
  return ranges === undefined || ranges.some(holds)
}

/** A range that begins after the month's last day is not in this month; what reaches beyond it ends with it. */
function isDayOfMonth({ year, month, day }: ZonedTime, range: Range): boolean {
  const last = new Date(Date.UTC(year, month, 0)).getUTCDate()
  const begin = range.begin < 0 ? last + range.begin + 1 : range.begin
  const end = range.end < 0 ? last + range.end + 1 : range.end
  return begin <= last && day >= begin && day <= Math.min(end, last)
}

function zonedTime(timeMs: number, zone: string): ZonedTime {
  const parts = new Map(
    formatOf(zone)
      .formatToParts(timeMs)
      .map(({ type, value }) => [type, Number(value)]),
  )
  const of = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? Number.NaN
  const [year, month, day] = [of('year'), of('month'), of('day')]
  const weekday = new Date(Date.UTC(year, month - 1, day)).getUTCDay()
  return { year, month, day, minute: of('hour') * 60 + of('minute'), weekday }
}

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone)
  if (known) return known
  const numbers = {
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  } as const
  const format = new Intl.DateTimeFormat('en-u-ca-gregory-nu-latn', {
    ...numbers,
    hourCycle: 'h23',
    ...(zone === 'Local' ? {} : { timeZone: zone }),
  })
  formats.set(zone, format)
  return format
}
