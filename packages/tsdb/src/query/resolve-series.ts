import type { Labels, Matcher } from '@tocsin/promql'
import type { MemorySeries } from '../series/series.ts'
import type { Posting, SeriesIndex } from '../series/series-index.ts'

export type ResolveSeries = (matchers: readonly Matcher[]) => readonly MemorySeries[]

/** Finds the series that satisfy matchers. */
export interface SeriesResolver {
  readonly resolve: ResolveSeries
  /** Asks the regular expressions of a selector ahead, in small steps; their verdicts serve the next `resolve`. */
  prepare(matchers: readonly Matcher[]): Generator<void>
}

/** What a regular expression was found to say of values, as far as it was asked. */
type Verdicts = Map<string, boolean>
type VerdictsOf = (matcher: Matcher) => Verdicts

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
export function createResolver(index: SeriesIndex): SeriesResolver {
  const known = new WeakMap<readonly Matcher[], Resolved>()
  const prepared = new WeakMap<Matcher, Verdicts>()

  /** Those of one look-up: each value is asked about once, however many series have it. */
  function collectVerdicts(): VerdictsOf {
    const collected = new Map<Matcher, Verdicts>()
    return (matcher) => {
      const verdicts = collected.get(matcher) ?? prepared.get(matcher) ?? new Map<string, boolean>()
      collected.set(matcher, verdicts)
      return verdicts
    }
  }

  function recall(matchers: readonly Matcher[]): readonly MemorySeries[] | undefined {
    const before = known.get(matchers)
    return before && isCurrent(index, before) ? before.series : undefined
  }

  return {
    resolve(matchers) {
      const recalled = recall(matchers)
      if (recalled) return recalled
      const posting = smallestPosting(index, matchers)
      if (posting === null) return NONE
      const verdictsOf = collectVerdicts()
      const base = narrow(index, verdictsOf, matchers, posting) ?? posting?.series ?? [...index.all()]
      const series = filterSeries(base, verdictsOf, matchers, base === posting?.series ? posting : undefined)
      known.set(matchers, { posting, version: posting?.version ?? index.version(), series })
      for (const matcher of matchers) prepared.delete(matcher)
      return series
    },
    *prepare(matchers) {
      const posting = recall(matchers) ? null : smallestPosting(index, matchers)
      if (posting === null) return
      for (const matcher of matchers) {
        if (matcher.type === '=' || matcher.type === '!=' || matcher.set) continue
        const judged: Verdicts = new Map()
        prepared.set(matcher, judged)
        for (const value of valuesOf(index, matcher.name, posting)) {
          if (!judged.has(value)) judged.set(value, yield* verdictOn(matcher, value))
          yield
        }
      }
    },
  }
}

function* verdictOn(matcher: Matcher, value: string): Generator<void, boolean> {
  return matcher.matchInSteps ? yield* matcher.matchInSteps(value) : matcher.matches(value)
}

/** Every value of a label that a look-up may come upon; some of them more than once. */
function* valuesOf(index: SeriesIndex, name: string, posting: Posting | undefined): Generator<string> {
  const values = index.postings(name)
  if (!values) return
  if (!posting || values.size <= posting.series.length) yield* values.keys()
  else for (const { labels } of posting.series) yield labelValue(labels, name)
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

// Below this many series, looking at each is cheaper than looking for a shorter list.
const FEW_SERIES = 1_000

/**
 * The series of all values that a matcher allows which does not also allow absence, in order of creation; undefined
 * when there is no such matcher, or when it would not shorten the list of `posting` much.
 */
function narrow(
  index: SeriesIndex,
  verdictsOf: VerdictsOf,
  matchers: readonly Matcher[],
  posting: Posting | undefined,
): MemorySeries[] | undefined {
  const room = posting ? posting.series.length / 4 : Number.POSITIVE_INFINITY
  if (room < FEW_SERIES / 4) return undefined
  let shortest: (readonly MemorySeries[])[] | undefined
  let length = room
  for (const matcher of matchers) {
    if (matcher.type === '=' || (posting && matcher.type !== '=~') || matcher.matches('')) continue
    const lists = listsOf(index, verdictsOf, matcher, room)
    const sum = lists?.reduce((total, list) => total + list.length, 0) ?? Number.POSITIVE_INFINITY
    if (sum >= length && shortest) continue
    if (sum >= room && posting) continue
    shortest = lists
    length = sum
  }
  return shortest?.flat().sort((a, b) => a.ref - b.ref)
}

/** A matcher's lists of series, one for each value; undefined when there are more than `limit` values to look at. */
function listsOf(
  index: SeriesIndex,
  verdictsOf: VerdictsOf,
  matcher: Matcher,
  limit: number,
): (readonly MemorySeries[])[] | undefined {
  if (matcher.type === '=~' && matcher.set)
    return [...new Set(matcher.set)].map((value) => index.posting(matcher.name, value)?.series ?? NONE)
  const postings = index.postings(matcher.name)
  if (!postings) return []
  if (postings.size > limit) return undefined
  const lists: (readonly MemorySeries[])[] = []
  const satisfies = satisfier(matcher, verdictsOf)
  for (const [value, { series }] of postings) if (satisfies(value)) lists.push(series)
  return lists
}

function filterSeries(
  base: readonly MemorySeries[],
  verdictsOf: VerdictsOf,
  matchers: readonly Matcher[],
  satisfied: Posting | undefined,
): readonly MemorySeries[] {
  const conditions = matchers
    .filter(({ name, type, value }) => type !== '=' || satisfied?.name !== name || satisfied.value !== value)
    .map((matcher) => ({ name: matcher.name, satisfies: satisfier(matcher, verdictsOf) }))
  // Always another array: the list of a posting is shared and grows.
  return base.filter(({ labels }) => {
    for (const { name, satisfies } of conditions) if (!satisfies(labelValue(labels, name))) return false
    return true
  })
}

/** A regular expression sees each value once, however many series have it. */
function satisfier(matcher: Matcher, verdictsOf: VerdictsOf): (value: string) => boolean {
  const { type, value: expected } = matcher
  if (type === '=') return (value) => value === expected
  if (type === '!=') return (value) => value !== expected
  const verdicts = verdictsOf(matcher)
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
