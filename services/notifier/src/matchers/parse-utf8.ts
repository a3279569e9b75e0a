import type { MatcherFields } from './matcher.ts'
import { MatcherError } from './matcher-error.ts'
import { readTokens, type Token } from './read-tokens.ts'

/**
 * Reads matchers between commas, with or without braces around them, in the syntax of Alertmanager from 0.27 on: names
 * of any characters; what contains reserved ones in double quotes. @throws {MatcherError}
 */
export function parseUtf8Matchers(text: string): MatcherFields[] {
  const tokens = readTokens(text)
  const matchers: MatcherFields[] = []
  let at = 0
  const take = (kind: Token['kind'], expected: string): string => {
    const token = tokens[at++]
    if (token?.kind !== kind) throw unexpected(token, text, expected)
    return token.value
  }
  const isNext = (kind: Token['kind']) => tokens[at]?.kind === kind

  const braced = isNext('open')
  if (braced) at++
  const isOver = () => at >= tokens.length || isNext('close')
  while (!isOver()) {
    const name = take('text', 'the name of a label')
    const operator = take('operator', '=, !=, =~ or !~')
    const value = take('text', "a label's value")
    matchers.push({ name, value, isRegex: operator.endsWith('~'), isEqual: operator.startsWith('=') })
    if (!isOver()) take('comma', 'a comma')
  }
  if (braced) take('close', '}')
  if (at < tokens.length) throw unexpected(tokens[at], text, 'the end')
  return matchers
}

function unexpected(token: Token | undefined, text: string, expected: string): MatcherError {
  const [at, found] = token ? [token.at, JSON.stringify(token.value)] : [text.length, 'the end']
  return new MatcherError(`${text}: at ${at}: expected ${expected}, not ${found}`)
}
