import type { TokenCursor } from './token-cursor.ts'

const DURATION = 'number, duration, step(), or range()'

/** `{…}` after a metric name or by itself. */
export function expectMatchers(cursor: TokenCursor): void {
  cursor.advance()
  while (!cursor.isMark('}')) {
    expectMatcher(cursor)
    if (cursor.isMark('}')) break
    cursor.expectMark(',', 'label matching', '"," or "}"')
  }
  cursor.advance()
}

function expectMatcher(cursor: TokenCursor): void {
  const quoted = cursor.isKind('string')
  if (!quoted && !cursor.isKind('identifier')) cursor.unexpected('label matching', 'identifier or "}"')
  cursor.advance()
  const operator =
    cursor.isMark('=') || (cursor.isKind('operator') && /^(?:=~|!~|!=)$/.test(cursor.token().text))
  if (!operator) {
    if (quoted) return
    cursor.unexpected('label matching', 'label matching operator')
  }
  cursor.advance()
  if (!cursor.isKind('string')) cursor.unexpected('label matching', 'string')
  cursor.advance()
}

/** The labels of `by`, `on` and the like, in parentheses. */
export function expectLabelList(cursor: TokenCursor): void {
  cursor.expectMark('(', 'grouping opts', '"("')
  while (!cursor.isMark(')')) {
    const { kind, text } = cursor.token()
    const named = kind === 'identifier' || kind === 'string' || /^[a-z_]\w*$/i.test(text)
    if (!named || kind === 'number' || kind === 'error') cursor.unexpected('grouping opts', 'label')
    cursor.advance()
    if (cursor.isMark(')')) break
    cursor.expectMark(',', 'grouping opts', '"," or ")"')
  }
  cursor.advance()
}

/** Ranges, `offset` and `@` behind an operand, as many as there are. */
export function expectModifiers(cursor: TokenCursor): void {
  for (let links = 0; ; links++) {
    const range = cursor.isMark('[')
    const offset = cursor.isKeyword('offset')
    const at = cursor.isMark('@')
    if (!range && !offset && !at && !cursor.isKeyword('smoothed', 'anchored')) return
    cursor.advanceInChain(links)
    if (range) expectRange(cursor)
    else if (offset) expectDuration(cursor, 'offset', DURATION)
    else if (at) expectTime(cursor)
  }
}

function expectRange(cursor: TokenCursor): void {
  expectDuration(cursor, 'subquery or range selector', DURATION)
  if (cursor.isMark(':')) {
    cursor.advance()
    if (!cursor.isMark(']')) {
      expectDuration(cursor, 'subquery selector', 'number, duration, step(), range(), or "]"')
      if (!cursor.isMark(']')) cursor.unexpected('subquery selector', '"]"')
    }
  }
  cursor.expectMark(']', 'subquery or range', '":" or "]"')
}

function expectDuration(cursor: TokenCursor, context: string, wanted: string): void {
  if (cursor.isSign()) cursor.advance()
  const plain = cursor.isKind('number', 'duration')
  if (!plain && !cursor.isMark('(') && !cursor.isKind('keyword')) cursor.unexpected(context, wanted)
  const first = cursor.advance()
  const goesOn = context !== 'offset' && cursor.isKind('operator')
  if (!plain || goesOn) cursor.fail(first, 'experimental duration expression is not enabled')
}

function expectTime(cursor: TokenCursor): void {
  if (cursor.isSign()) cursor.advance()
  if (cursor.isKeyword('start', 'end')) {
    cursor.advance()
    cursor.expectMark('(', '@', 'timestamp')
    cursor.expectMark(')', '@', 'timestamp')
  } else if (cursor.isKind('number', 'duration')) cursor.advance()
  else cursor.unexpected('@', 'timestamp')
}
