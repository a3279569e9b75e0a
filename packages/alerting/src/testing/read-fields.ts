import type { Labels } from '@tocsin/contract'
import { type Field, type Place, parseRuleDuration, type YamlReader } from '@tocsin/rules'

/** Reads the fields of a test file; what is wrong with one is a fault of the reader, and gives undefined. */
export interface FieldReader {
  readonly yaml: YamlReader
  readonly where: string
  /** The same with a narrower place to name in faults. */
  within(where: string): FieldReader
  placeOf(field: Field | undefined): Place
  text(field: Field | undefined): string
  texts(field: Field | undefined): Labels
  durationMs(field: Field | undefined, fallback: number): number
  isTrue(field: Field | undefined): boolean
  number(field: Field | undefined): number
  /** What `work` makes of a field; a throw is the fault. */
  attempt<T>(field: Field | undefined, what: string, work: () => T): T | undefined
}

const INFINITY = /^[+-]?\.?inf(inity)?$/i
const NOT_A_NUMBER = /^\.?nan$/i

export function createFieldReader(yaml: YamlReader, where: string): FieldReader {
  const fault = (field: Field | undefined, reason: string) => yaml.fault(field?.value ?? null, where, reason)

  function attempt<T>(field: Field | undefined, what: string, work: () => T): T | undefined {
    try {
      return work()
    } catch (error) {
      fault(field, `${what}: ${error instanceof Error ? error.message : String(error)}`)
      return undefined
    }
  }

  return {
    yaml,
    where,
    within: (inner) => createFieldReader(yaml, inner),
    placeOf: (field) => yaml.place(field?.value ?? null),
    text: (field) => yaml.text(field, where) ?? '',
    texts: (field) =>
      Object.fromEntries(yaml.texts(field, where).map(({ name, text }) => [name, text] as const)),
    durationMs(field, fallback) {
      const text = yaml.text(field, where)
      if (text === undefined) return fallback
      return attempt(field, 'duration', () => parseRuleDuration(text)) ?? fallback
    },
    isTrue(field) {
      const text = yaml.text(field, where) ?? 'false'
      if (!/^(true|false)$/i.test(text)) fault(field, `expected true or false, got ${JSON.stringify(text)}`)
      return text.toLowerCase() === 'true'
    },
    number(field) {
      const text = yaml.text(field, where) ?? '0'
      const value = parseYamlNumber(text)
      if (value === undefined) fault(field, `expected a number, got ${JSON.stringify(text)}`)
      return value ?? Number.NaN
    },
    attempt,
  }
}

/** A number as YAML writes it: `.inf` and `.nan` as well. */
function parseYamlNumber(text: string): number | undefined {
  if (INFINITY.test(text)) return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  if (NOT_A_NUMBER.test(text)) return Number.NaN
  const digits = text.replaceAll('_', '')
  const value = Number(digits)
  return digits.trim() === '' || Number.isNaN(value) ? undefined : value
}
