import { messageOf } from '@tocsin/runtime'
import { createMatcher, type Matcher } from '../../matchers/matcher.ts'
import { parseMatchers } from '../../matchers/parse-matchers.ts'
import type { Faults } from './faults.ts'
import type { Path } from './yaml-source.ts'

interface MatchFields {
  readonly equal: Readonly<Record<string, string>> | undefined
  readonly regex: Readonly<Record<string, string>> | undefined
  readonly texts: readonly string[] | undefined
}

/** Matchers in all three ways that Alertmanager has for them; `names` are those of the fields. */
export function readMatchers(
  { equal = {}, regex = {}, texts = [] }: MatchFields,
  names: { readonly equal: string; readonly regex: string; readonly texts: string },
  path: Path,
  faults: Faults,
): readonly Matcher[] {
  function attempt(at: Path, read: () => readonly Matcher[]): readonly Matcher[] {
    try {
      return read()
    } catch (error) {
      faults.add(at, messageOf(error))
      return []
    }
  }
  const legacy = (field: string, pairs: Readonly<Record<string, string>>, isRegex: boolean) =>
    Object.entries(pairs).flatMap(([name, value]) =>
      // As Alertmanager writes them: the key of the route's groups has it.
      attempt([...path, field, name], () => {
        const whole = isRegex ? `^(?:${value})$` : value
        return [createMatcher({ name, value: whole, isRegex, isEqual: true })]
      }),
    )
  return [
    ...legacy(names.equal, equal, false),
    ...legacy(names.regex, regex, true),
    ...texts.flatMap((text, i) => attempt([...path, names.texts, i], () => parseMatchers(text))),
  ]
}
