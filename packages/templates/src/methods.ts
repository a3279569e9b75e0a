import type { DurationValue, MapValue, StructValue, TimeValue, Value } from './value.ts'
import { printDuration, printTime } from './value.ts'

const MONTHS = 'January February March April May June July August September October November December'.split(
  ' ',
)
const DAYS = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ')
// Go's reference time, its longest elements first: Mon Jan 2 15:04:05 MST 2006.
const LAYOUT =
  /January|Jan|Monday|Mon|MST|2006|Z07:00|-07:00|-0700|\.0+(?!\d)|\.9+(?!\d)|01|02|_2|03|04|05|06|15|PM|pm|1|2|3|4|5/g

/** Whether a value is a time or a duration, whose parts are methods. */
export function hasMethods(
  value: TimeValue | DurationValue | MapValue | StructValue,
): value is TimeValue | DurationValue {
  return value.kind === 'time' || value.kind === 'duration'
}

/** Calls a method of Go's `time.Time` or `time.Duration`; those a template has use for. @throws TypeError */
export function callMethod(owner: TimeValue | DurationValue, name: string, args: readonly Value[]): Value {
  return owner.kind === 'time' ? callTime(owner, name, args) : callDuration(owner, name)
}

function callTime(time: TimeValue, name: string, args: readonly Value[]): Value {
  const date = new Date(time.ms)
  switch (name) {
    case 'Format':
      if (typeof args[0] !== 'string') throw new TypeError('wrong type for value; expected string')
      return formatTime(date, args[0])
    case 'UTC':
      return time
    case 'Unix':
      return BigInt(Math.floor(time.ms / 1000))
    case 'UnixMilli':
      return BigInt(time.ms)
    case 'Year':
      return BigInt(date.getUTCFullYear())
    case 'Month':
      return MONTHS[date.getUTCMonth()]
    case 'Day':
      return BigInt(date.getUTCDate())
    case 'Hour':
      return BigInt(date.getUTCHours())
    case 'Minute':
      return BigInt(date.getUTCMinutes())
    case 'Second':
      return BigInt(date.getUTCSeconds())
    case 'Weekday':
      return DAYS[date.getUTCDay()]
    case 'String':
      return printTime(time.ms)
    default:
      throw new TypeError(`can't evaluate field ${name} in type *time.Time`)
  }
}

function callDuration({ seconds }: DurationValue, name: string): Value {
  switch (name) {
    case 'Hours':
      return seconds / 3600
    case 'Minutes':
      return seconds / 60
    case 'Seconds':
      return seconds
    case 'Milliseconds':
      return BigInt(Math.trunc(seconds * 1000))
    case 'String':
      return printDuration(seconds)
    default:
      throw new TypeError(`can't evaluate field ${name} in type *time.Duration`)
  }
}

/** Go's `Time.Format` in UTC. */
function formatTime(date: Date, layout: string): string {
  const two = (n: number) => String(n).padStart(2, '0')
  const hour12 = date.getUTCHours() % 12 || 12
  const month = MONTHS[date.getUTCMonth()] ?? ''
  const weekday = DAYS[date.getUTCDay()] ?? ''
  const parts: Readonly<Record<string, string>> = {
    January: month,
    Jan: month.slice(0, 3),
    '01': two(date.getUTCMonth() + 1),
    '1': String(date.getUTCMonth() + 1),
    Monday: weekday,
    Mon: weekday.slice(0, 3),
    '2006': String(date.getUTCFullYear()).padStart(4, '0'),
    '06': two(date.getUTCFullYear() % 100),
    '02': two(date.getUTCDate()),
    _2: String(date.getUTCDate()).padStart(2),
    '2': String(date.getUTCDate()),
    '15': two(date.getUTCHours()),
    '03': two(hour12),
    '3': String(hour12),
    '04': two(date.getUTCMinutes()),
    '4': String(date.getUTCMinutes()),
    '05': two(date.getUTCSeconds()),
    '5': String(date.getUTCSeconds()),
    PM: date.getUTCHours() >= 12 ? 'PM' : 'AM',
    pm: date.getUTCHours() >= 12 ? 'pm' : 'am',
    MST: 'UTC',
    'Z07:00': 'Z',
    '-07:00': '+00:00',
    '-0700': '+0000',
  }
  return layout.replace(LAYOUT, (element) => {
    if (!element.startsWith('.')) return parts[element] ?? element
    const fraction = date
      .getUTCMilliseconds()
      .toString()
      .padStart(3, '0')
      .padEnd(element.length - 1, '0')
    const digits = fraction.slice(0, element.length - 1)
    const shown = element[1] === '9' ? digits.replace(/0+$/, '') : digits
    return shown === '' ? '' : `.${shown}`
  })
}
