import { MatcherError } from './matcher-error.ts'
import { unquote } from './unquote.ts'

/** A piece of a text of matchers; `at` is where it begins, in characters. */
export interface Token {
  readonly kind: 'open' | 'close' | 'comma' | 'operator' | 'text'
  readonly value: string
  readonly at: number
}

const SPACE = /\p{White_Space}+/uy
const OPERATOR = /=~|=|!=|!~/y
const QUOTED = /"(?:[^"\\]|\\[\s\S])*"/y
const BARE = /[^\p{White_Space}{}!=~,\\"'`]+/uy
const KINDS = { '{': 'open', '}': 'close', ',': 'comma' } as const

/** Takes a text of matchers to pieces, as Alertmanager does from 0.27 on. @throws {MatcherError} */
export function readTokens(text: string): Token[] {
  const tokens: Token[] = []
  for (let at = 0; at < text.length; ) {
    const space = matchAt(SPACE, text, at)
    at += space.length
    if (at >= text.length) break
    const token = readToken(text, at)
    tokens.push(token)
    at += token.length
  }
  return tokens
}

function readToken(text: string, at: number): Token & { readonly length: number } {
  const first = text.charAt(at)
  if (first === '{' || first === '}' || first === ',')
    return { kind: KINDS[first], value: first, at, length: 1 }
  const operator = matchAt(OPERATOR, text, at)
  if (operator) return { kind: 'operator', value: operator, at, length: operator.length }
  const quoted = matchAt(QUOTED, text, at)
  if (quoted) return { kind: 'text', value: unquote(quoted, at), at, length: quoted.length }
  const bare = matchAt(BARE, text, at)
  if (bare) return { kind: 'text', value: bare, at, length: bare.length }
  const advice = first === '"' ? 'the quotes have no end' : `put what contains ${first} into double quotes`
  throw new MatcherError(`at ${at}: unexpected ${text.slice(at, at + 20)}: ${advice}`)
}

function matchAt(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0] ?? ''
}
