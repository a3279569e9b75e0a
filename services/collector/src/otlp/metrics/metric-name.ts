import { unitWords } from '@tocsin/contract'

export interface OtlpName {
  readonly name: string
  readonly unit: string
  /** What the name says beside the unit: `_total` of a counter, `_ratio` of a gauge without unit. */
  readonly kind: 'counter' | 'gauge' | 'other'
}

export interface PrometheusName {
  readonly name: string
  /** In words; empty when there is none. */
  readonly unit: string
}

/** The contract's limit. */
const MOST_CHARACTERS = 512

/**
 * The name of a metric in Prometheus, by OpenTelemetry's rules for compatibility and as Prometheus' own receiver forms
 * it: words between underscores, then the unit, then what its type asks for. Undefined when nothing is left.
 */
export function prometheusName({ name, unit, kind }: OtlpName): PrometheusName | undefined {
  let words: readonly string[] = name.match(/[a-zA-Z0-9:]+/g) ?? []
  const [main, per] = unitWords(unit)
  const units = [main, per].filter((word) => word !== '')
  words = [...words, ...units.filter((word) => !words.includes(word))]
  if (kind === 'counter') words = atEnd(words, 'total')
  if (kind === 'gauge' && unit === '1') words = atEnd(words, 'ratio')
  const joined = words.join('_')
  if (joined === '' || joined.length > MOST_CHARACTERS) return undefined
  return { name: /^\d/.test(joined) ? `_${joined}` : joined, unit: units.join('_') }
}

function atEnd(words: readonly string[], last: string): string[] {
  return [...words.filter((word) => word !== last), last]
}
