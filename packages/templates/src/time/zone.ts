/** How far a time zone is from UTC at a moment, and what the time zone database calls it then. */
export interface ZoneOffset {
  readonly minutes: number
  readonly name: string
}

// The runtime names a zone only in the languages spoken there.
const LOCALES = ['en-US', 'en-GB', 'en-AU', 'en-IN', 'en-ZA']
const ASIAN: Readonly<Record<string, string>> = {
  'Asia/Tokyo': 'JST',
  'Asia/Seoul': 'KST',
  'Asia/Shanghai': 'CST',
  'Asia/Hong_Kong': 'HKT',
  'Asia/Jakarta': 'WIB',
  'Asia/Karachi': 'PKT',
  'Asia/Manila': 'PST',
  'Europe/Moscow': 'MSK',
}

const formatters = new Map<string, Intl.DateTimeFormat>()

/** @throws RangeError for a name that the time zone database has not, as Go words it */
export function checkZone(zone: string): void {
  offsetAt(zone, 0)
}

export function offsetAt(zone: string, ms: number): ZoneOffset {
  if (zone === 'UTC' || zone === '') return { minutes: 0, name: 'UTC' }
  const written = partOf(zone, 'longOffset', 'en-US', ms)
  const match = /^GMT(?:([+-])(\d\d):(\d\d))?/.exec(written)
  const minutes = Number(match?.[2] ?? 0) * 60 + Number(match?.[3] ?? 0)
  return { minutes: match?.[1] === '-' ? -minutes : minutes, name: nameAt(zone, ms, written) }
}

function nameAt(zone: string, ms: number, written: string): string {
  const known =
    ASIAN[zone] ?? LOCALES.map((l) => partOf(zone, 'short', l, ms)).find((n) => !/^GMT[+-]/.test(n))
  if (known !== undefined) return known
  return written.replace(/^GMT/, '').replace(/:00$/, '').replace(':', '')
}

function partOf(zone: string, style: 'longOffset' | 'short', locale: string, ms: number): string {
  const key = `${zone} ${style} ${locale}`
  const known = formatters.get(key)
  const formatter = known ?? createFormatter(zone, style, locale)
  if (!known) formatters.set(key, formatter)
  return formatter.formatToParts(ms).find((part) => part.type === 'timeZoneName')?.value ?? 'UTC'
}

function createFormatter(
  zone: string,
  timeZoneName: 'longOffset' | 'short',
  locale: string,
): Intl.DateTimeFormat {
  try {
    // Offsets such as `+01:00` are the runtime's own: Go's database has names only.
    if (!/^[A-Za-z]/.test(zone)) throw new RangeError('not a name')
    return new Intl.DateTimeFormat(locale, { timeZone: zone, timeZoneName })
  } catch (cause) {
    throw new RangeError(`unknown time zone ${zone}`, { cause })
  }
}
