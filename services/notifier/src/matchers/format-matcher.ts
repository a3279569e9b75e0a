import { type MatcherFields, operatorOf } from './matcher.ts'

/** A matcher as one writes it: `name="value"`, its name in quotes where it needs them. */
function formatMatcher(matcher: MatcherFields): string {
  const { name, value } = matcher
  const written = /[\p{White_Space}{}!=~,\\"'`]/u.test(name) ? quote(name) : name
  return `${written}${operatorOf(matcher)}${quote(value)}`
}

/** Several matchers, as Alertmanager writes them: `{a="b",c=~"d"}`, in the order of their names. */
export function formatMatchers(matchers: readonly MatcherFields[]): string {
  const order = (matcher: MatcherFields) => [matcher.name, matcher.value, operatorOf(matcher)]
  const sorted = matchers.toSorted((a, b) => compareTexts(order(a), order(b)))
  return `{${sorted.map(formatMatcher).join(',')}}`
}

function compareTexts(a: readonly string[], b: readonly string[]): number {
  for (const [i, text] of a.entries()) {
    const other = b[i] ?? ''
    if (text !== other) return text < other ? -1 : 1
  }
  return 0
}

function quote(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"')}"`
}
