import { z } from 'zod'
import { text } from '../../channels/settings/fields.ts'
import type { Range, TimeInterval } from '../time-interval.ts'
import { namedIntervals } from './config-schema.ts'
import type { Faults } from './faults.ts'

const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday']
const MONTHS = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
]
/** Days that every month has. */
const SHORTEST_MONTH = 28

const time = text.transform((given, ctx) => {
  const [, hours, minutes] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(given) ?? []
  if (given === '24:00') return 24 * 60
  if (hours !== undefined && minutes !== undefined) return Number(hours) * 60 + Number(minutes)
  ctx.addIssue({ code: 'custom', message: 'a time from 00:00 to 24:00, such as 09:00' })
  return z.NEVER
})

const times = z
  .strictObject({ start_time: time, end_time: time }, 'a start_time and an end_time')
  .refine(({ start_time: start, end_time: end }) => start < end, {
    error:
      'must end after it starts: make two of one that passes midnight, such as 22:00 to 24:00 and 00:00 to 06:00',
  })
  .transform(({ start_time: begin, end_time: end }): Range => ({ begin, end }))

interface Kind {
  /** The number that a text stands for; undefined for none. */
  readonly read: (text: string) => number | undefined
  readonly expected: string
  readonly fault?: (range: Range) => string | undefined
}

/** `from:to`, or one value. */
function range({ read, expected, fault }: Kind) {
  return text.transform((given, ctx): Range => {
    const parts = given
      .toLowerCase()
      .split(':')
      .map((part) => part.trim())
    const begin = read(parts[0] ?? '')
    const end = read(parts[1] ?? parts[0] ?? '')
    if (begin === undefined || end === undefined || parts.length > 2) {
      ctx.addIssue({ code: 'custom', message: expected })
      return z.NEVER
    }
    const wrong = fault
      ? fault({ begin, end })
      : begin > end
        ? 'must end after it starts: make two of it'
        : undefined
    if (wrong !== undefined) ctx.addIssue({ code: 'custom', message: wrong })
    return { begin, end }
  })
}

const indexIn = (names: readonly string[], first: number) => (name: string) => {
  const i = names.indexOf(name)
  return i < 0 ? undefined : i + first
}
const number = (given: string) => (/^-?\d+$/.test(given) ? Number(given) : undefined)
const month = indexIn(MONTHS, 1)

const weekday = range({ read: indexIn(WEEKDAYS, 0), expected: 'days such as monday:friday' })
const dayOfMonth = range({
  read(given) {
    const day = number(given)
    return day === undefined || day === 0 || Math.abs(day) > 31 ? undefined : day
  },
  expected: 'days such as 1:5, or -3:-1 for the last three',
  fault({ begin, end }) {
    if (begin < 0 && end > 0) return 'must end below zero too, since it starts there'
    const fromStart = (day: number) => (day < 0 ? SHORTEST_MONTH + day : day)
    return fromStart(begin) > fromStart(end) ? 'must end after it starts' : undefined
  },
})
const months = range({
  read(given) {
    const by = number(given)
    return by === undefined ? month(given) : by >= 1 && by <= 12 ? by : undefined
  },
  expected: 'months such as january:march or 1:3',
})
const years = range({ read: number, expected: 'years such as 2026:2028' })

const location = text.refine(
  (zone) => zone === 'Local' || isTimeZone(zone),
  'a time zone such as Europe/Berlin, UTC, or Local',
)

const interval = z
  .strictObject(
    {
      times: z.array(times, 'a list of times').optional(),
      weekdays: z.array(weekday, 'a list of days').optional(),
      days_of_month: z.array(dayOfMonth, 'a list of days').optional(),
      months: z.array(months, 'a list of months').optional(),
      years: z.array(years, 'a list of years').optional(),
      location: location.default('UTC'),
    },
    'an interval with times, weekdays, days_of_month, months, years or location',
  )
  .transform(({ days_of_month: daysOfMonth, times, weekdays, months, years, location }): TimeInterval => {
    return { times, weekdays, daysOfMonth, months, years, location }
  })

/** Whether there is a time zone of this name. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}

/** Reads `time_intervals`, and `mute_time_intervals` as it was called before. */
export function readTimeIntervals(
  given: Readonly<Record<'time_intervals' | 'mute_time_intervals', readonly unknown[]>>,
  faults: Faults,
): ReadonlyMap<string, readonly TimeInterval[]> {
  const found = new Map<string, readonly TimeInterval[]>()
  for (const field of ['mute_time_intervals', 'time_intervals'] as const)
    for (const [i, item] of given[field].entries()) {
      const named = faults.parse(namedIntervals, item, [field, i])
      if (!named) continue
      const { name, time_intervals: items } = named
      if (found.has(name))
        faults.add([field, i, 'name'], `there are two time intervals ${JSON.stringify(name)}: rename one`)
      found.set(
        name,
        items.flatMap((one, k) => faults.parse(interval, one, [field, i, 'time_intervals', k]) ?? []),
      )
    }
  return found
}
