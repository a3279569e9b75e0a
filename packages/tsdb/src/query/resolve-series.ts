import type { Labels, Matcher } from '@tocsin/promql'
import type { MemorySeries } from '../series/series.ts'
import type { Posting, SeriesIndex } from '../series/series-index.ts'

export type ResolveSeries = (matchers: readonly Matcher[]) => readonly MemorySeries[]

interface Resolved {
  /** The posting that all results lie in; without one, any change of the index makes the result void. */
  readonly posting: Posting | undefined
  readonly version: number
  readonly series: readonly MemorySeries[]
}

const NONE: readonly MemorySeries[] = []

/**
 * Finds the series that satisfy matchers, in order of creation. A result is kept as long as its array of matchers
 * lives and no series that could belong to it came or went: a compiled rule resolves its selectors once.
 */
export function createResolver(index: SeriesIndex): ResolveSeries {
  const known = new WeakMap<readonly Matcher[], Resolved>()

  return (matchers) => {
    const before = known.get(matchers)
    if (before && isCurrent(index, before)) return before.series
    const posting = smallestPosting(index, matchers)
    if (posting === null) return NONE
    const base = posting?.series ?? unionOf(index, matchers) ?? [...index.all()]
    const series = filterSeries(base, matchers)
    known.set(matchers, { posting, version: posting?.version ?? index.version(), series })
    return series
  }
}

function isCurrent(index: SeriesIndex, { posting, version }: Resolved): boolean {
  return version === (posting ? posting.version : index.version())
}

/** The shortest list of an `=` matcher; null when one of them has no series; undefined when there is none. */
function smallestPosting(index: SeriesIndex, matchers: readonly Matcher[]): Posting | undefined | null {
  let smallest: Posting | undefined
  for (const { type, name, value } of matchers) {
    if (type !== '=' || value === '') continue
    const posting = index.posting(name, value)
    if (!posting) return null
    if (!smallest || posting.series.length < smallest.series.length) smallest = posting
  }
  return smallest
}

/** The series of all values that a `=~` or another matcher allows, unless it also allows absence. */
function unionOf(index: SeriesIndex, matchers: readonly Matcher[]): MemorySeries[] | undefined {
  const demanding = matchers.filter((matcher) => matcher.type !== '=' && !matcher.matches(''))
  const matcher = demanding.find(({ type, set }) => type === '=~' && set) ?? demanding[0]
  if (!matcher) return undefined
  const lists: (readonly MemorySeries[])[] = []
  if (matcher.type === '=~' && matcher.set) {
    for (const value of new Set(matcher.set)) lists.push(index.posting(matcher.name, value)?.series ?? NONE)
  } else {
    for (const [value, posting] of index.postings(matcher.name) ?? [])
      if (matcher.matches(value)) lists.push(posting.series)
  }
  return lists.flat().sort((a, b) => a.ref - b.ref)
}

function filterSeries(base: readonly MemorySeries[], matchers: readonly Matcher[]): readonly MemorySeries[] {
  let series = base
  for (const matcher of matchers) {
    const satisfies = rememberVerdicts(matcher)
    series = series.filter(({ labels }) => satisfies(labelValue(labels, matcher.name)))
  }
  // The list of a posting is shared and grows; a result must not.
  return series === base ? [...base] : series
}

/** A regular expression sees each value once, however many series have it. */
function rememberVerdicts(matcher: Matcher): (value: string) => boolean {
  const { type, value: expected } = matcher
  if (type === '=') return (value) => value === expected
  if (type === '!=') return (value) => value !== expected
  const verdicts = new Map<string, boolean>()
  return (value) => {
    let verdict = verdicts.get(value)
    if (verdict === undefined) {
      verdict = matcher.matches(value)
      verdicts.set(value, verdict)
    }
    return verdict
  }
}

export function labelValue(labels: Labels, name: string): string {
  const value: unknown = labels[name]
  // An inherited property (`constructor`, …) is no label.
  return typeof value === 'string' ? value : ''
}
