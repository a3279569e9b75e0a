import { ParseError } from '../errors.ts'
import { createLexer } from './lexer.ts'
import { isFunctionName } from './signatures.ts'
import { describeToken, type Token } from './tokens.ts'

/** Known to Prometheus, but read more than samples: refused later, by name. */
const KNOWN_ELSEWHERE: ReadonlySet<string> = new Set(['info', 'start_timestamp'])
/** Deeper nesting would overflow the stack of an ordinary JavaScript runtime. */
const DEEPEST = 200
/** Longer chains are trees too deep for the grammar package. */
const LONGEST_CHAIN = 1000
/** Keywords that are no metric names. */
const NEVER_METRICS: ReadonlySet<string> = new Set(['bool', 'on', 'ignoring', 'group_left', 'group_right'])
const DURATION = 'number, duration, step(), or range()'

/**
 * The first syntax error of a query in the words of Prometheus' parser; undefined when there is none.
 * The grammar package recovers from errors and keeps no reasons: this reads the tokens as Prometheus'
 * grammar expects them, and gives up at the first that does not fit.
 */
export function findSyntaxError(source: string): ParseError | undefined {
  try {
    expectQuery(source)
    return undefined
  } catch (error) {
    if (error instanceof ParseError) return error
    throw error
  }
}

function expectQuery(source: string): void {
  const lexer = createLexer(source)
  let token = lexer.next()
  let depth = 0
  /** Inside an aggregation every unexpected token is reported as being there. */
  let aggregations = 0

  function advance(): Token {
    const taken = token
    token = lexer.next()
    return taken
  }
  function unexpected(context = aggregations > 0 ? 'aggregation' : '', wanted = ''): never {
    if (token.kind === 'error') throw new ParseError(source, token, token.text)
    const where = context && ` in ${context}`
    throw new ParseError(
      source,
      token,
      `unexpected ${describeToken(token)}${where}${wanted && `, expected ${wanted}`}`,
    )
  }
  const isOperator = (): boolean => token.kind === 'operator'
  const isMark = (text: string): boolean => token.kind === 'punctuation' && token.text === text
  const isKeyword = (...words: string[]): boolean =>
    token.kind === 'keyword' && words.includes(token.text.toLowerCase())
  function expectMark(text: string, context?: string, wanted?: string): void {
    if (!isMark(text)) unexpected(context, wanted)
    advance()
  }

  function expr(): void {
    if (++depth > DEEPEST) {
      throw new ParseError(source, token, `expression is nested more than ${DEEPEST} levels deep`)
    }
    // Signs and operators are read in a loop: chains of them must not use up the stack.
    let chain = 0
    for (;;) {
      while (token.kind === 'operator' && (token.text === '+' || token.text === '-'))
        chain += countLink(chain)
      operand()
      postfix()
      if (!isOperator()) break
      chain += countLink(chain)
      modifiers()
    }
    depth--
  }

  function countLink(before: number): number {
    if (before < LONGEST_CHAIN) return advance() && 1
    throw new ParseError(
      source,
      token,
      `expression has more than ${LONGEST_CHAIN} operators or modifiers in a row`,
    )
  }

  function operand(): void {
    if (token.kind === 'number' || token.kind === 'duration' || token.kind === 'string') {
      advance()
    } else if (isMark('(')) {
      advance()
      expr()
      expectMark(')')
    } else if (isMark('{')) matchers()
    else if (token.kind === 'aggregator') aggregationOrMetric()
    else if (isName()) nameOrCall()
    else unexpected()
  }

  function isName(): boolean {
    if (token.kind === 'identifier' || token.kind === 'metric identifier') return true
    return token.kind === 'keyword' && !NEVER_METRICS.has(token.text.toLowerCase())
  }

  function nameOrCall(): void {
    const name = advance()
    if (isMark('{')) matchers()
    else if (isMark('(') && name.kind !== 'metric identifier') {
      call()
      if (isFunctionName(name.text) || KNOWN_ELSEWHERE.has(name.text)) return
      throw new ParseError(source, name, `unknown function with name "${name.text}"`)
    }
  }

  function call(): void {
    advance()
    while (!isMark(')')) {
      expr()
      if (!isMark(',')) break
      const comma = advance()
      if (isMark(')'))
        throw new ParseError(source, comma, 'trailing commas not allowed in function call args')
    }
    expectMark(')')
  }

  function aggregationOrMetric(): void {
    advance()
    if (isMark('{')) {
      matchers()
      return
    }
    if (!isMark('(') && !isKeyword('by', 'without')) return
    aggregations++
    const grouped = isKeyword('by', 'without')
    if (grouped) grouping()
    if (!isMark('(')) unexpected()
    call()
    aggregations--
    if (!grouped && isKeyword('by', 'without')) grouping()
  }

  /** A keyword and the labels after it. */
  function grouping(): void {
    advance()
    labelList()
  }

  function labelList(): void {
    expectMark('(', 'grouping opts', '"("')
    while (!isMark(')')) {
      const label = token.kind === 'identifier' || token.kind === 'string' || /^[a-z_]\w*$/i.test(token.text)
      if (!label || token.kind === 'number' || token.kind === 'error') unexpected('grouping opts', 'label')
      advance()
      if (isMark(')')) break
      expectMark(',', 'grouping opts', '"," or ")"')
    }
    advance()
  }

  function modifiers(): void {
    if (isKeyword('bool')) advance()
    if (isKeyword('on', 'ignoring')) {
      grouping()
      if (isKeyword('group_left', 'group_right')) {
        advance()
        if (isMark('(')) labelList()
      }
    }
    while (isKeyword('fill', 'fill_left', 'fill_right')) {
      advance()
      expectMark('(')
      while (token.kind === 'operator') advance()
      if (token.kind !== 'number' && token.kind !== 'duration') unexpected('fill modifier', 'number')
      advance()
      expectMark(')')
    }
  }

  function postfix(): void {
    for (let chain = 0; ; chain++) {
      if (chain > LONGEST_CHAIN) countLink(chain)
      if (isMark('[')) range()
      else if (isKeyword('offset')) {
        advance()
        duration('offset', DURATION)
      } else if (isMark('@')) at()
      else if (isKeyword('smoothed', 'anchored')) advance()
      else return
    }
  }

  function range(): void {
    advance()
    duration('subquery or range selector', DURATION)
    if (isMark(':')) {
      advance()
      if (!isMark(']')) {
        duration('subquery selector', 'number, duration, step(), range(), or "]"')
        if (!isMark(']')) unexpected('subquery selector', '"]"')
      }
    }
    expectMark(']', 'subquery or range', '":" or "]"')
  }

  function duration(context: string, wanted: string): void {
    if (token.kind === 'operator' && (token.text === '-' || token.text === '+')) advance()
    const plain = token.kind === 'number' || token.kind === 'duration'
    if (!plain && !isMark('(') && token.kind !== 'keyword') unexpected(context, wanted)
    const first = advance()
    const goesOn = context !== 'offset' && isOperator()
    if (plain && !goesOn) return
    throw new ParseError(source, first, 'experimental duration expression is not enabled')
  }

  function at(): void {
    advance()
    if (token.kind === 'operator' && (token.text === '-' || token.text === '+')) advance()
    if (isKeyword('start', 'end')) {
      advance()
      expectMark('(', '@', 'timestamp')
      expectMark(')', '@', 'timestamp')
    } else if (token.kind === 'number' || token.kind === 'duration') advance()
    else unexpected('@', 'timestamp')
  }

  function matchers(): void {
    advance()
    while (!isMark('}')) {
      matcher()
      if (isMark('}')) break
      expectMark(',', 'label matching', '"," or "}"')
    }
    advance()
  }

  function matcher(): void {
    const quoted = token.kind === 'string'
    if (!quoted && token.kind !== 'identifier') unexpected('label matching', 'identifier or "}"')
    advance()
    const operator = isMark('=') || (token.kind === 'operator' && /^(?:=~|!~|!=)$/.test(token.text))
    if (!operator) {
      if (quoted) return
      unexpected('label matching', 'label matching operator')
    }
    advance()
    if (token.kind !== 'string') unexpected('label matching', 'string')
    advance()
  }

  function expectEnd(): void {
    if (token.kind !== 'end') unexpected()
  }

  if (token.kind === 'end') {
    throw new ParseError(source, { start: 0, end: 0 }, 'no expression found in input')
  }
  expr()
  expectEnd()
}
