import { RE2JS } from 're2js'
import { createAutomaton } from './automaton.ts'
import { type Program, readProgram } from './program.ts'
import { writtenOutSize } from './written-out-size.ts'

/** Decides about one string. */
export type StringPredicate = (value: string) => boolean

/** Decides about one string in steps of a fraction of a millisecond. */
export type AskInSteps = (value: string) => Generator<void, boolean>

/** A fully anchored regular expression, reduced to plain string comparisons where it allows that. */
export interface AnchoredRegex {
  readonly matches: StringPredicate
  /** The same answer, which `matches` then has at hand; absent where `matches` is quick. */
  readonly matchInSteps?: AskInSteps
  readonly set?: readonly string[]
  readonly prefix?: string
}

/** The expression is not valid RE2; the message says where. */
export class InvalidRegexError extends Error {
  readonly code = 'invalid_regex'
  readonly retryable = false
  override readonly name = 'InvalidRegexError'
}

const META = /[\\^$.|?*+()[\]{}]/
const LITERAL = '[^\\\\^$.|?*+()\\[\\]{}]'
const ALTERNATION = new RegExp(`^(?:${LITERAL}*\\|)+${LITERAL}*$`)
const GROUPED_ALTERNATION = new RegExp(
  `^(${LITERAL}*)\\((?:\\?:)?((?:${LITERAL}*\\|)+${LITERAL}*)\\)(${LITERAL}*)$`,
)
const WILDCARDS = new RegExp(`^(\\.[*+])?(${LITERAL}*)(\\.[*+])?$`)

/**
 * Compiles an RE2 expression to be matched against whole values; `.` matches a newline, as in Prometheus.
 * @throws InvalidRegexError
 */
export function compileRegex(source: string): AnchoredRegex {
  return compileFast(source) ?? compileGeneral(source)
}

function compileFast(source: string): AnchoredRegex | undefined {
  if (!META.test(source)) return { matches: (v) => v === source, set: [source] }
  if (ALTERNATION.test(source)) return matchSet(source.split('|'))
  const grouped = GROUPED_ALTERNATION.exec(source)
  if (grouped) {
    const [, before = '', middle = '', after = ''] = grouped
    return matchSet(middle.split('|').map((word) => before + word + after))
  }
  const wildcards = WILDCARDS.exec(source)
  if (!wildcards) return undefined
  const [, before, literal = '', after] = wildcards
  // Two wildcards side by side share out whole characters, which lengths do not tell.
  return literal === '' && before && after ? undefined : matchWildcards(before, literal, after)
}

function matchSet(words: readonly string[]): AnchoredRegex {
  const set = new Set(words)
  return { matches: (v) => set.has(v), set: [...set] }
}

/** `before` and `after` are `.*`, `.+` or absent; at least one is present here. */
function matchWildcards(
  before: string | undefined,
  literal: string,
  after: string | undefined,
): AnchoredRegex {
  const least = literal.length + (before === '.+' ? 1 : 0) + (after === '.+' ? 1 : 0)
  if (before === undefined) {
    return { matches: (v) => v.length >= least && v.startsWith(literal), ...(literal && { prefix: literal }) }
  }
  if (after === undefined) return { matches: (v) => v.length >= least && v.endsWith(literal) }
  const from = before === '.+' ? 1 : 0
  const trailing = after === '.+' ? 1 : 0
  return {
    matches: (v) => {
      const at = v.indexOf(literal, from)
      return at >= 0 && at + literal.length + trailing <= v.length
    },
  }
}

/** Longer expressions, other than plain alternations, take too long to compile in one go. */
const LONGEST = 4096
/** Characters that repetitions may come to written out: `((x{100}){100}){10}` is short, but takes seconds to compile. */
const MOST_REPEATED = 1000

/**
 * Compiles an RE2 expression to be matched against whole values.
 * @throws InvalidRegexError
 */
export function compileAnchored(source: string): Program {
  if (source.length > LONGEST) throw invalid(`expression is longer than ${LONGEST} characters`)
  if (writtenOutSize(source) > Math.max(source.length, MOST_REPEATED))
    throw invalid(
      `expression too large: more than ${MOST_REPEATED} characters with its repetitions written out`,
    )
  if (writtenOutSize(source, 1) > LONGEST)
    throw invalid(
      `expression too large: more than ${LONGEST} characters, groups and operators with its repetitions written out`,
    )
  return readProgram(compile(`^(?s:${source})$`))
}

function compile(source: string): RE2JS {
  try {
    return RE2JS.compile(source)
  } catch (cause) {
    throw new InvalidRegexError(cause instanceof Error ? cause.message : String(cause), { cause })
  }
}

function invalid(reason: string): InvalidRegexError {
  return new InvalidRegexError(`error parsing regexp: ${reason}`)
}

function compileGeneral(source: string): AnchoredRegex {
  const automaton = createAutomaton(compileAnchored(source))
  const prefix = source.includes('|') ? undefined : literalPrefix(source)
  function* ask(value: string): Generator<void, boolean> {
    return (prefix === undefined || value.startsWith(prefix)) && (yield* automaton.matches(value))
  }
  return { ...remember(ask), ...(prefix && { prefix }) }
}

/** Values a matcher remembers its answer for: label values come back at every evaluation. */
const REMEMBERED = 4096

function remember(ask: AskInSteps): { readonly matches: StringPredicate; readonly matchInSteps: AskInSteps } {
  const answers = new Map<string, boolean>()
  function* matchInSteps(value: string): Generator<void, boolean> {
    const known = answers.get(value)
    if (known !== undefined) return known
    const answer = yield* ask(value)
    if (answers.size >= REMEMBERED) answers.clear()
    answers.set(value, answer)
    return answer
  }
  return { matches: (value) => answers.get(value) ?? runToEnd(matchInSteps(value)), matchInSteps }
}

function runToEnd<T>(steps: Generator<void, T>): T {
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value
  }
}

/** The literal a matching value must start with; a quantifier after it would take its last character back. */
function literalPrefix(source: string): string | undefined {
  const found = /^([^\\^$.|?*+()[\]{}]+)([?*{])?/.exec(source)
  if (!found?.[1]) return undefined
  const prefix = found[2] === undefined ? found[1] : found[1].slice(0, -1)
  // Half a surrogate pair is no prefix: the quantifier takes the whole code point.
  return prefix === '' || /[\uD800-\uDBFF]$/.test(prefix) ? undefined : prefix
}
