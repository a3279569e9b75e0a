/** Units of UCUM in the words of Prometheus; what is not among them stays as it is. */
const UNITS: ReadonlyMap<string, string> = new Map([
  ['d', 'days'],
  ['h', 'hours'],
  ['min', 'minutes'],
  ['s', 'seconds'],
  ['ms', 'milliseconds'],
  ['us', 'microseconds'],
  ['ns', 'nanoseconds'],
  ['By', 'bytes'],
  ['KiBy', 'kibibytes'],
  ['MiBy', 'mebibytes'],
  ['GiBy', 'gibibytes'],
  ['TiBy', 'tebibytes'],
  ['kBy', 'kilobytes'],
  ['KBy', 'kilobytes'],
  ['MBy', 'megabytes'],
  ['GBy', 'gigabytes'],
  ['TBy', 'terabytes'],
  ['m', 'meters'],
  ['V', 'volts'],
  ['A', 'amperes'],
  ['J', 'joules'],
  ['W', 'watts'],
  ['g', 'grams'],
  ['Cel', 'celsius'],
  ['Hz', 'hertz'],
  ['1', ''],
  ['%', 'percent'],
])

/** What something is counted per. */
const PER: ReadonlyMap<string, string> = new Map([
  ['s', 'second'],
  ['m', 'minute'],
  ['h', 'hour'],
  ['d', 'day'],
  ['w', 'week'],
  ['mo', 'month'],
  ['y', 'year'],
])

const MOST_METRIC = 512
const MOST_LABEL = 252

/**
 * The name that an instrument of OpenTelemetry has in Prometheus, by its rules for compatibility: the words of its
 * name, then its unit, then what its type asks for. Undefined when nothing is left. A `level` is a gauge that cannot be
 * added up.
 */
export function prometheusName(
  instrument: string,
  unit: string,
  type: 'counter' | 'gauge' | 'level' | 'histogram',
): string | undefined {
  let words: readonly string[] = instrument.match(/[a-zA-Z0-9:]+/g) ?? []
  words = [...words, ...unitWords(unit).filter((word) => !words.includes(word))]
  if (type === 'counter') words = atEnd(words, 'total')
  if (type === 'level' && unit === '1') words = atEnd(words, 'ratio')
  const name = words.join('_')
  if (name === '' || name.length > MOST_METRIC) return undefined
  return /^\d/.test(name) ? `_${name}` : name
}

function unitWords(unit: string): string[] {
  const [main = '', per = ''] = unit.split(/\/(.*)/s).map((part) => part.trim())
  const perWord = word(PER, per)
  return [word(UNITS, main), perWord && `per_${perWord}`].filter((text) => text !== '')
}

/** `{packet}` says what is counted, which is no unit. */
function word(known: ReadonlyMap<string, string>, unit: string): string {
  if (/[{}]/.test(unit)) return ''
  return (known.get(unit) ?? unit).replace(/[^a-zA-Z0-9:]+/g, '_').replace(/^_|_$/g, '')
}

const atEnd = (words: readonly string[], last: string): string[] => [
  ...words.filter((text) => text !== last),
  last,
]

/** The label that an attribute is in Prometheus; undefined when nothing of its key is left. */
export function labelName(attribute: string): string | undefined {
  const name = attribute.replace(/[^a-zA-Z0-9]+/g, '_')
  if (name === '' || name === '_' || name.length > MOST_LABEL) return undefined
  if (/^\d/.test(name)) return `key_${name}`
  return name.startsWith('_') ? `key${name}` : name
}
