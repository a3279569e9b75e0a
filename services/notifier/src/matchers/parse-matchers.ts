import { createMatcher, type Matcher, type MatcherFields } from './matcher.ts'
import { MatcherError } from './matcher-error.ts'
import { parseClassicMatcher, parseClassicMatchers } from './parse-classic.ts'
import { parseUtf8Matchers } from './parse-utf8.ts'

/**
 * Reads matchers as Alertmanager 0.28 does: `{a="b",c=~"d"}`, or without the braces. What its present syntax does not
 * take is read in the classic one. @throws {MatcherError}
 */
export function parseMatchers(text: string): Matcher[] {
  return either(
    () => parseUtf8Matchers(text),
    () => parseClassicMatchers(text),
  ).map(createMatcher)
}

/** Reads exactly one matcher, without braces. @throws {MatcherError} */
export function parseMatcher(text: string): Matcher {
  if (text.startsWith('{') || text.endsWith('}'))
    throw new MatcherError(`unexpected open or close brace: ${text}: write one matcher as name="value"`)
  const [matcher, more] = either(
    () => parseUtf8Matchers(text),
    () => [parseClassicMatcher(text)],
  )
  if (!matcher || more)
    throw new MatcherError(`expected one matcher, such as severity="critical", not ${JSON.stringify(text)}`)
  return createMatcher(matcher)
}

/** The first error is told: it says where, and in the syntax that one should write. */
function either(present: () => MatcherFields[], classic: () => MatcherFields[]): MatcherFields[] {
  try {
    return present()
  } catch (error) {
    try {
      return classic()
    } catch {
      throw error
    }
  }
}
