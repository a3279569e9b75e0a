import type { Labels } from '@tocsin/contract'
import { createMatcher as compileMatcher, type MatchType } from '@tocsin/promql'
import { messageOf } from '@tocsin/runtime'
import { MatcherError } from './matcher-error.ts'

/** What a matcher asks of a label, in the fields of Alertmanager's API. */
export interface MatcherFields {
  readonly name: string
  readonly value: string
  /** The value is an RE2 expression that must match all of the label. */
  readonly isRegex: boolean
  /** false: the label must not be so. */
  readonly isEqual: boolean
}

/** One condition on a label of an alert; a label that is absent counts as empty. */
export interface Matcher extends MatcherFields {
  /** The values that satisfy it, where they can be listed; never of a condition that an empty label satisfies. */
  readonly values: readonly string[] | undefined
  matches(labels: Labels): boolean
}

/** How a matcher compares, as it is written. */
export const operatorOf = ({ isRegex, isEqual }: Pick<MatcherFields, 'isRegex' | 'isEqual'>): MatchType =>
  isRegex ? (isEqual ? '=~' : '!~') : isEqual ? '=' : '!='

/**
 * Makes a matcher. Regular expressions run in linear time.
 * @throws {MatcherError} for an empty name, or an expression that RE2 does not take
 */
export function createMatcher({ name, value, isRegex, isEqual }: MatcherFields): Matcher {
  if (name === '') throw new MatcherError('a matcher needs the name of a label, such as severity="critical"')
  const { matches, set } = compile(name, operatorOf({ isRegex, isEqual }), value)
  const listed = isEqual ? (isRegex ? set : [value]) : undefined
  return {
    name,
    value,
    isRegex,
    isEqual,
    values: listed?.includes('') ? undefined : listed,
    matches(labels) {
      const given: unknown = labels[name]
      // An inherited property (`constructor`, …) of a plain object is no label.
      return matches(typeof given === 'string' ? given : '')
    },
  }
}

interface Compiled {
  readonly matches: (value: string) => boolean
  readonly set?: readonly string[]
}

function compile(name: string, type: MatchType, value: string): Compiled {
  try {
    const plain = compileMatcher(name, type, value)
    if (type === '=' || type === '!=' || !value.includes('.')) return plain
    // In Prometheus a dot matches a newline, in Alertmanager it does not. Few values have one.
    let strict: Compiled | undefined
    const matches = (given: string): boolean => {
      if (!given.includes('\n')) return plain.matches(given)
      strict ??= compileMatcher(name, type, `(?-s:${value})`)
      return strict.matches(given)
    }
    return { matches, ...(plain.set && { set: plain.set }) }
  } catch (cause) {
    throw new MatcherError(`${name}${type}${JSON.stringify(value)}: ${messageOf(cause)}`, { cause })
  }
}

/** Whether labels satisfy every one of the matchers. */
export function matchesAll(matchers: readonly Matcher[], labels: Labels): boolean {
  return matchers.every((matcher) => matcher.matches(labels))
}
