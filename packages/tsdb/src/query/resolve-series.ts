import type { Labels, Matcher } from '@tocsin/promql'
import type { MemorySeries } from '../series/series.ts'
import type { Posting, SeriesIndex } from '../series/series-index.ts'

export type ResolveSeries = (matchers: readonly Matcher[]) => readonly MemorySeries[]

/** Finds the series that satisfy matchers. */
export interface SeriesResolver {
  readonly resolve: ResolveSeries
  /** The same in steps of a fraction of a millisecond. */
  resolving(matchers: readonly Matcher[]): Generator<void, readonly MemorySeries[]>
  /** Finds them ahead, in steps; `resolve` has them at hand then, or, where series came and went, most of the work. */
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

  function find(matchers: readonly Matcher[], posting: Posting | undefined): readonly MemorySeries[] {
    const verdictsOf = collectVerdicts()
    const base = narrow(index, verdictsOf, matchers, posting) ?? posting?.series ?? [...index.all()]
    const accepts = satisfier(matchers, verdictsOf, base === posting?.series ? posting : undefined)
    // Always another array: the list of a posting is shared and grows.
    return base.filter(accepts)
  }

  function remember(
    matchers: readonly Matcher[],
    posting: Posting | undefined,
    version: number,
    series: readonly MemorySeries[],
  ): readonly MemorySeries[] {
    known.set(matchers, { posting, version, series })
    return series
  }

  /** Asks what takes long to answer ahead: regular expressions over very many values, or very long ones. */
  function* judge(matchers: readonly Matcher[], posting: Posting | undefined): Generator<void> {
    for (const matcher of matchers) {
      if (matcher.type === '=' || matcher.type === '!=' || matcher.set) continue
      const judged: Verdicts = new Map()
      prepared.set(matcher, judged)
      for (const value of valuesOf(index, matcher.name, posting)) {
        if (!judged.has(value)) judged.set(value, yield* verdictOn(matcher, value))
        yield
      }
    }
  }

  function* resolving(matchers: readonly Matcher[]): Generator<void, readonly MemorySeries[]> {
    const recalled = recall(matchers)
    if (recalled) return recalled
    const smallest = smallestPosting(index, matchers)
    if (smallest === null) return NONE
    yield* judge(matchers, smallest)
    // Series may have come and gone meanwhile.
    const posting = smallestPosting(index, matchers)
    if (posting === null) return NONE
    const version = posting?.version ?? index.version()
    const verdictsOf = collectVerdicts()
    const base = narrow(index, verdictsOf, matchers, posting) ?? posting?.series ?? [...index.all()]
    const accepts = satisfier(matchers, verdictsOf, base === posting?.series ? posting : undefined)
    const found: MemorySeries[] = []
    // Others may add to the list meanwhile: what it held is what is looked at.
    const end = base.length
    for (let i = 0; i < end; i++) {
      const series = base[i]
      if (series && !series.dropped && accepts(series)) found.push(series)
      if (i % SERIES_A_STEP === SERIES_A_STEP - 1) yield
    }
    return remember(matchers, posting, version, found)
  }

  return {
    resolve(matchers) {
      const recalled = recall(matchers)
      if (recalled) return recalled
      const posting = smallestPosting(index, matchers)
      if (posting === null) return NONE
      const version = posting?.version ?? index.version()
      const series = find(matchers, posting)
      for (const matcher of matchers) prepared.delete(matcher)
      return remember(matchers, posting, version, series)
    },
    resolving,
    *prepare(matchers) {
      yield* resolving(matchers)
    },
  }
}

/** Series that are looked at in one step. */
const SERIES_A_STEP = 2000

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
): readonly MemorySeries[] | undefined {
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
  if (!shortest || shortest.length === 1) return shortest?.[0]
  const together: MemorySeries[] = []
  for (const list of shortest) for (const series of list) together.push(series)
  // Of a value each series is created after the one before it, and most often that of the next value still later.
  return isAscending(together) ? together : together.sort((a, b) => a.ref - b.ref)
}

function isAscending(series: readonly MemorySeries[]): boolean {
  for (let i = 1; i < series.length; i++) if ((series[i - 1]?.ref ?? 0) > (series[i]?.ref ?? 0)) return false
  return true
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
  const satisfies = decider(matcher, verdictsOf)
  for (const [value, { series }] of postings) if (satisfies(value)) lists.push(series)
  return lists
}

/** Decides about one series; `satisfied` is the posting that its series come from. */
function satisfier(
  matchers: readonly Matcher[],
  verdictsOf: VerdictsOf,
  satisfied: Posting | undefined,
): (series: MemorySeries) => boolean {
  const conditions = matchers
    .filter(({ name, type, value }) => type !== '=' || satisfied?.name !== name || satisfied.value !== value)
    .map((matcher) => ({ name: matcher.name, satisfies: decider(matcher, verdictsOf) }))
  return ({ labels }) => {
    for (const { name, satisfies } of conditions) if (!satisfies(labelValue(labels, name))) return false
    return true
  }
}

/** A regular expression sees each value once, however many series have it. */
function decider(matcher: Matcher, verdictsOf: VerdictsOf): (value: string) => boolean {
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
