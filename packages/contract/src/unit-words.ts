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

/** A unit as the tokens that end a metric's name: `By/s` is `bytes` and `per_second`. Either may be empty. */
export function unitWords(unit: string): readonly [main: string, per: string] {
  const cut = unit.indexOf('/')
  const main = (cut < 0 ? unit : unit.slice(0, cut)).trim()
  const per = cut < 0 ? '' : unit.slice(cut + 1).trim()
  const perWord = isCounted(per) ? '' : clean(PER.get(per) ?? per)
  return [isCounted(main) ? '' : clean(UNITS.get(main) ?? main), perWord === '' ? '' : `per_${perWord}`]
}

/** `{packet}` says what is counted, which is no unit. */
function isCounted(unit: string): boolean {
  return /[{}]/.test(unit)
}

function clean(word: string): string {
  return word.replace(/[^a-zA-Z0-9:]+/g, '_').replace(/^_|_$/g, '')
}
