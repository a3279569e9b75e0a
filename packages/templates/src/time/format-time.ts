import type { TimeValue } from '../values/value.ts'
import { offsetAt } from './zone.ts'

export const MONTHS =
  'January February March April May June July August September October November December'.split(' ')
export const DAYS = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ')

// Go's reference time, its longest elements first: Mon Jan 2 15:04:05 MST 2006.
const LAYOUT =
  /January|Jan(?![a-z])|Monday|Mon(?![a-z])|MST|2006|Z07:00:00|Z070000|Z07:00|Z0700|Z07|-07:00:00|-070000|-07:00|-0700|-07|[.,]0+(?!\d)|[.,]9+(?!\d)|__2|002|01|02|_2(?!006)|03|04|05|06|15|PM|pm|1|2|3|4|5/g

/** The date whose UTC parts are what a clock in the time's zone shows. */
export function localDate({ ms, zone }: TimeValue): Date {
  return new Date(ms + offsetAt(zone, ms).minutes * 60_000)
}

/** `2015-06-23 13:19:44.128 +0000 UTC`, as Go's `Time.String`. */
export function printTime(time: TimeValue): string {
  return formatTime(time, '2006-01-02 15:04:05.999999999 -0700 MST')
}

/** Go's `Time.Format`. */
export function formatTime(time: TimeValue, layout: string): string {
  const date = localDate(time)
  const offset = offsetAt(time.zone, time.ms)
  const parts = { ...dateParts(date), MST: offset.name } as Readonly<Record<string, string>>
  return layout.replace(LAYOUT, (element) => {
    if (/^[.,]/.test(element)) return fraction(date, element)
    if (/^(?:Z|-)07/.test(element)) return writeOffset(offset.minutes, element)
    return parts[element] ?? element
  })
}

function dateParts(date: Date): Record<string, string> {
  const two = (n: number) => String(n).padStart(2, '0')
  const hour12 = date.getUTCHours() % 12 || 12
  const month = MONTHS[date.getUTCMonth()] ?? ''
  const weekday = DAYS[date.getUTCDay()] ?? ''
  const day = String(date.getUTCDate())
  const yearDay = String(dayOfYear(date))
  const year = date.getUTCFullYear()
  return {
    January: month,
    Jan: month.slice(0, 3),
    '01': two(date.getUTCMonth() + 1),
    '1': String(date.getUTCMonth() + 1),
    Monday: weekday,
    Mon: weekday.slice(0, 3),
    '2006': String(year).padStart(4, '0'),
    '06': two(year % 100),
    '02': day.padStart(2, '0'),
    _2: day.padStart(2),
    '2': day,
    '002': yearDay.padStart(3, '0'),
    __2: yearDay.padStart(3),
    '15': two(date.getUTCHours()),
    '03': two(hour12),
    '3': String(hour12),
    '04': two(date.getUTCMinutes()),
    '4': String(date.getUTCMinutes()),
    '05': two(date.getUTCSeconds()),
    '5': String(date.getUTCSeconds()),
    PM: date.getUTCHours() >= 12 ? 'PM' : 'AM',
    pm: date.getUTCHours() >= 12 ? 'pm' : 'am',
  }
}

/** Counted from 1. */
export function dayOfYear(date: Date): number {
  const start = new Date(date)
  start.setUTCMonth(0, 1)
  return Math.round((date.getTime() - start.getTime()) / 86_400_000) + 1
}

/** `.000` writes all its digits, `.999` leaves out noughts at the end. */
function fraction(date: Date, element: string): string {
  const all = String(date.getUTCMilliseconds())
    .padStart(3, '0')
    .padEnd(element.length - 1, '0')
  const digits = all.slice(0, element.length - 1)
  const shown = element[1] === '9' ? digits.replace(/0+$/, '') : digits
  return shown === '' ? '' : element.charAt(0) + shown
}

function writeOffset(minutes: number, element: string): string {
  if (element.startsWith('Z') && minutes === 0) return 'Z'
  const colon = element.includes(':') ? ':' : ''
  const whole = Math.abs(minutes)
  const two = (n: number) => String(n).padStart(2, '0')
  const rest = /^.07$/.test(element) ? '' : colon + two(whole % 60)
  const seconds = /^.07:?00:?00$/.test(element) ? `${colon}00` : ''
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(whole / 60))}${rest}${seconds}`
}
