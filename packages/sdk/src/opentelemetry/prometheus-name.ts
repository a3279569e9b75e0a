import { unitWords } from '@tocsin/contract'

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
  words = [...words, ...unitWords(unit).filter((word) => word !== '' && !words.includes(word))]
  if (type === 'counter') words = atEnd(words, 'total')
  if (type === 'level' && unit === '1') words = atEnd(words, 'ratio')
  const name = words.join('_')
  if (name === '' || name.length > MOST_METRIC) return undefined
  return /^\d/.test(name) ? `_${name}` : name
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
