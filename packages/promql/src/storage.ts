import { type AnchoredRegex, compileRegex } from './regex/compile-regex.ts'

/** A series' labels, `__name__` included. Empty values are equal to absent ones. Caches may hang on identity. */
export type Labels = Readonly<Record<string, string>>

/** How a matcher compares: equal, not equal, matches and does not match a fully anchored RE2 expression. */
export type MatchType = '=' | '!=' | '=~' | '!~'

/** One condition on a label; a label that is absent is compared as the empty string. */
export interface Matcher {
  readonly name: string
  readonly type: MatchType
  readonly value: string
  /** Whether a label with this value satisfies the condition. */
  matches(value: string): boolean
  /**
   * The same answer in steps of a fraction of a millisecond, to let others work in between; `matches` has it at hand
   * then. Present where the expression may take long: for a hostile one, over one long value, a tenth of a second.
   */
  matchInSteps?(value: string): Generator<void, boolean>
  /** For `=~` and `!~`: the values the expression matches, when they can be listed; look them up in an index. */
  readonly set?: readonly string[]
  /** For `=~` and `!~`: a literal every matching value starts with, when there is one. */
  readonly prefix?: string
}

/** The samples of one series in a time range, oldest first; both arrays have the same length. */
export interface SeriesSamples {
  readonly labels: Labels
  /** Milliseconds since the epoch, strictly ascending. */
  readonly timestamps: Float64Array
  readonly values: Float64Array
}

/** Samples of one series within larger arrays: indices `from` to `to`, the end exclusive. */
export interface SeriesSlice {
  readonly labels: Labels
  readonly timestamps: Float64Array
  readonly values: Float64Array
  readonly from: number
  readonly to: number
  /** How many staleness markers are among them; undefined when nobody has counted. */
  readonly stales: number | undefined
  /** No value is lower than the one before it, and none is a NaN: of a counter, there was no reset. Where unknown, false. */
  readonly rises: boolean
}

/** What the engine reads from. */
export interface Queryable {
  /** The series that satisfy all matchers with their samples from `startMs` to `endMs`, both inclusive. */
  select(matchers: readonly Matcher[], startMs: number, endMs: number): Iterable<SeriesSamples>
  /**
   * Does ahead, in small steps, what makes finding these series slow: regular expressions over very many values.
   * The engine lets others work between the steps. A storage where finding is quick leaves it out.
   */
  prepare?(matchers: readonly Matcher[]): Iterable<unknown>
  /**
   * As `select`, but from the storage's own arrays, which may hold samples outside of the range too. The engine is done
   * with a slice, or has copied it, when it asks for the next one and whenever it lets others work.
   */
  slices?(matchers: readonly Matcher[], startMs: number, endMs: number): Iterable<SeriesSlice>
}

/**
 * Makes a matcher. Regular expressions are RE2's, anchored at both ends, and run in linear time.
 * @throws InvalidRegexError when the expression does not compile
 */
export function createMatcher(name: string, type: MatchType, value: string): Matcher {
  if (type === '=') return { name, type, value, matches: (v) => v === value }
  if (type === '!=') return { name, type, value, matches: (v) => v !== value }
  const regex = compileRegex(value)
  const { matches, matchInSteps } = type === '=~' ? regex : negate(regex)
  return {
    name,
    type,
    value,
    matches,
    ...(matchInSteps && { matchInSteps }),
    ...(regex.set && { set: regex.set }),
    ...(regex.prefix && { prefix: regex.prefix }),
  }
}

function negate({ matches, matchInSteps }: AnchoredRegex): AnchoredRegex {
  return {
    matches: (value) => !matches(value),
    ...(matchInSteps && {
      *matchInSteps(value) {
        return !(yield* matchInSteps(value))
      },
    }),
  }
}

/** Whether labels satisfy every matcher. */
export function matchLabels(labels: Labels, matchers: readonly Matcher[]): boolean {
  for (const matcher of matchers) {
    const value: unknown = labels[matcher.name]
    // An inherited property (`constructor`, …) of a plain object is no label.
    if (!matcher.matches(typeof value === 'string' ? value : '')) return false
  }
  return true
}

// A staleness marker is one NaN among many (Prometheus' value.StaleNaN). It is compared and written as bits,
// because an engine may replace a NaN by another one whenever it passes through a variable.
const STALE_HIGH = 0x7ff00000
const STALE_LOW = 0x00000002
const LITTLE_ENDIAN = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1

/** Whether the value at index `i` is Prometheus' staleness marker: the series ended here. */
export function isStaleAt(values: Float64Array, i: number): boolean {
  const value = values[i]
  // Only a NaN differs from itself; this keeps ordinary samples free of any bit view.
  if (value === undefined || !Number.isNaN(value)) return false
  const words = new Uint32Array(values.buffer, values.byteOffset + i * 8, 2)
  return LITTLE_ENDIAN
    ? words[1] === STALE_HIGH && words[0] === STALE_LOW
    : words[0] === STALE_HIGH && words[1] === STALE_LOW
}

/** Writes Prometheus' staleness marker at index `i`. */
export function writeStaleAt(values: Float64Array, i: number): void {
  const words = new Uint32Array(values.buffer, values.byteOffset + i * 8, 2)
  words[LITTLE_ENDIAN ? 1 : 0] = STALE_HIGH
  words[LITTLE_ENDIAN ? 0 : 1] = STALE_LOW
}
