import { ParseError } from '../errors.ts'
import { expectLabelList, expectMatchers, expectModifiers } from './expect-selector.ts'
import { isFunctionName } from './signatures.ts'
import { createTokenCursor, type TokenCursor } from './token-cursor.ts'

/** Known to Prometheus, but read more than samples: refused later, by name. */
const KNOWN_ELSEWHERE: ReadonlySet<string> = new Set(['info', 'start_timestamp'])
/** Keywords that are no metric names. */
const NEVER_METRICS = ['bool', 'on', 'ignoring', 'group_left', 'group_right'] as const
/** Deeper nesting would overflow the stack of an ordinary JavaScript runtime. */
const DEEPEST = 200

/**
 * The first syntax error of a query in the words of Prometheus' parser; undefined when there is none.
 * The grammar package recovers from errors and keeps no reasons: this reads the tokens as Prometheus'
 * grammar expects them, and gives up at the first that does not fit.
 */
export function findSyntaxError(source: string): ParseError | undefined {
  try {
    const cursor = createTokenCursor(source)
    if (cursor.isKind('end')) cursor.fail({ start: 0, end: 0 }, 'no expression found in input')
    expectExpr(cursor, 0)
    if (!cursor.isKind('end')) cursor.unexpected()
    return undefined
  } catch (error) {
    if (error instanceof ParseError) return error
    throw error
  }
}

/** Signs and operators are read in a loop: chains of them must not use up the stack. */
function expectExpr(cursor: TokenCursor, depth: number): void {
  if (depth > DEEPEST) cursor.fail(cursor.token(), `expression is nested more than ${DEEPEST} levels deep`)
  for (let links = 0; ; links++) {
    for (; cursor.isSign(); links++) cursor.advanceInChain(links)
    expectOperand(cursor, depth)
    expectModifiers(cursor)
    if (!cursor.isKind('operator')) return
    cursor.advanceInChain(links)
    expectMatching(cursor)
  }
}

function expectOperand(cursor: TokenCursor, depth: number): void {
  if (cursor.isKind('number', 'duration', 'string')) cursor.advance()
  else if (cursor.isMark('(')) {
    cursor.advance()
    expectExpr(cursor, depth + 1)
    cursor.expectMark(')')
  } else if (cursor.isMark('{')) expectMatchers(cursor)
  else if (cursor.isKind('aggregator')) expectAggregation(cursor, depth)
  else if (
    cursor.isKind('identifier', 'metric identifier', 'keyword') &&
    !cursor.isKeyword(...NEVER_METRICS)
  ) {
    expectMetricOrCall(cursor, depth)
  } else cursor.unexpected()
}

function expectMetricOrCall(cursor: TokenCursor, depth: number): void {
  const name = cursor.advance()
  if (cursor.isMark('{')) expectMatchers(cursor)
  else if (cursor.isMark('(') && name.kind !== 'metric identifier') {
    expectArguments(cursor, depth)
    if (isFunctionName(name.text) || KNOWN_ELSEWHERE.has(name.text)) return
    cursor.fail(name, `unknown function with name "${name.text}"`)
  }
}

function expectArguments(cursor: TokenCursor, depth: number): void {
  cursor.advance()
  while (!cursor.isMark(')')) {
    expectExpr(cursor, depth + 1)
    if (!cursor.isMark(',')) break
    const comma = cursor.advance()
    if (cursor.isMark(')')) cursor.fail(comma, 'trailing commas not allowed in function call args')
  }
  cursor.expectMark(')')
}

/** An aggregation, or a metric that is named like one. */
function expectAggregation(cursor: TokenCursor, depth: number): void {
  cursor.advance()
  if (cursor.isMark('{')) {
    expectMatchers(cursor)
    return
  }
  const grouped = cursor.isKeyword('by', 'without')
  if (!grouped && !cursor.isMark('(')) return
  cursor.insideAggregation(() => {
    if (grouped) expectGrouping(cursor)
    if (!cursor.isMark('(')) cursor.unexpected()
    expectArguments(cursor, depth)
  })
  if (!grouped && cursor.isKeyword('by', 'without')) expectGrouping(cursor)
}

/** A keyword and the labels after it. */
function expectGrouping(cursor: TokenCursor): void {
  cursor.advance()
  expectLabelList(cursor)
}

/** What may stand between an operator and its right operand. */
function expectMatching(cursor: TokenCursor): void {
  if (cursor.isKeyword('bool')) cursor.advance()
  if (cursor.isKeyword('on', 'ignoring')) {
    expectGrouping(cursor)
    if (cursor.isKeyword('group_left', 'group_right')) {
      cursor.advance()
      if (cursor.isMark('(')) expectLabelList(cursor)
    }
  }
  while (cursor.isKeyword('fill', 'fill_left', 'fill_right')) {
    cursor.advance()
    cursor.expectMark('(')
    while (cursor.isSign()) cursor.advance()
    if (!cursor.isKind('number', 'duration')) cursor.unexpected('fill modifier', 'number')
    cursor.advance()
    cursor.expectMark(')')
  }
}
