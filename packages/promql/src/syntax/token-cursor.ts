import { ParseError, type Position } from '../errors.ts'
import { createLexer } from './lexer.ts'
import { describeToken, type Token } from './tokens.ts'

/** Chains of operators, signs or modifiers longer than this are trees too deep for the grammar package. */
const LONGEST_CHAIN = 1000

/** Walks over the tokens of a query and fails at the first that does not fit, as Prometheus' parser does. */
export interface TokenCursor {
  token(): Token
  advance(): Token
  isKind(...kinds: Token['kind'][]): boolean
  isMark(text: string): boolean
  isKeyword(...words: string[]): boolean
  isSign(): boolean
  expectMark(text: string, context?: string, wanted?: string): void
  /** Advances as one link of a chain. */
  advanceInChain(links: number): void
  /** Inside an aggregation every unexpected token is reported as being there, unless a closer place is named. */
  insideAggregation(work: () => void): void
  /** @throws ParseError about the present token */
  unexpected(context?: string, wanted?: string): never
  /** @throws ParseError */
  fail(at: Position, reason: string): never
}

export function createTokenCursor(source: string): TokenCursor {
  const lexer = createLexer(source)
  let token = lexer.next()
  let aggregations = 0

  function fail(at: Position, reason: string): never {
    throw new ParseError(source, at, reason)
  }

  function unexpected(context = aggregations > 0 ? 'aggregation' : '', wanted = ''): never {
    if (token.kind === 'error') fail(token, token.text)
    const where = context && ` in ${context}`
    return fail(token, `unexpected ${describeToken(token)}${where}${wanted && `, expected ${wanted}`}`)
  }

  function advance(): Token {
    const taken = token
    token = lexer.next()
    return taken
  }

  const isMark = (text: string): boolean => token.kind === 'punctuation' && token.text === text

  return {
    token: () => token,
    advance,
    isKind: (...kinds) => kinds.includes(token.kind),
    isMark,
    isKeyword: (...words) => token.kind === 'keyword' && words.includes(token.text.toLowerCase()),
    isSign: () => token.kind === 'operator' && (token.text === '+' || token.text === '-'),
    expectMark(text, context, wanted) {
      if (!isMark(text)) unexpected(context, wanted)
      advance()
    },
    advanceInChain(links) {
      if (links >= LONGEST_CHAIN) {
        fail(token, `expression has more than ${LONGEST_CHAIN} operators or modifiers in a row`)
      }
      advance()
    },
    insideAggregation(work) {
      aggregations++
      work()
      aggregations--
    },
    unexpected,
    fail,
  }
}
