import type { Command, Operand, Pipe } from './ast.ts'
import { parseNumber, unquote } from './literals.ts'
import type { TokenReader } from './token-reader.ts'

/** Reads a pipeline up to `}}` or `)`. `range` may declare two variables, anything else one. */
export function parsePipe(read: TokenReader, context: string, declarable = 1): Pipe {
  const start = read.peek().start
  const { variables, assigns } = parseDeclaration(read, declarable)
  const commands: Command[] = [parseCommand(read, context)]
  while (read.peek().text === '|') {
    read.next()
    commands.push(parseCommand(read, context))
  }
  for (const command of commands.slice(1)) {
    const [first] = command.args
    const executable = first.kind === 'function' || first.kind === 'field' || first.kind === 'chain'
    if (!executable && first.kind !== 'variable')
      read.fail(first.start, `non executable command in pipeline stage ${commands.indexOf(command) + 1}`)
  }
  if (variables.length > 0 && !assigns) for (const name of variables) read.declare(name)
  return { start, end: read.last().end, variables, assigns, commands }
}

/** `$x :=`, `$x =` or, for range, `$i, $x :=`; nothing when the pipe does not begin so. */
function parseDeclaration(read: TokenReader, most: number): { variables: string[]; assigns: boolean } {
  const none = { variables: [], assigns: false }
  if (read.peek().kind !== 'variable') return none
  const operator = read.peek(1).text
  if (operator === ':=' || operator === '=') {
    const name = read.next().text
    read.next()
    if (operator === '=' && !read.isDeclared(name))
      read.fail(read.last().start, `undefined variable "${name}"`)
    return { variables: [name], assigns: operator === '=' }
  }
  if (operator !== ',') return none
  if (most < 2) read.fail(read.peek(1).start, 'too many declarations in command')
  const second = read.peek(2)
  const last = read.peek(3).text
  if (second.kind !== 'variable' || (last !== ':=' && last !== '='))
    read.fail(second.start, 'range can only initialize variables')
  const first = read.next().text
  for (let skipped = 0; skipped < 3; skipped++) read.next()
  return { variables: [first, second.text], assigns: last === '=' }
}

function parseCommand(read: TokenReader, context: string): Command {
  const start = read.peek().start
  const args: Operand[] = []
  for (;;) {
    const token = read.peek()
    if (token.kind === 'close' || token.text === '|' || token.text === ')') break
    if (args.length > 0 && !token.spaced) read.fail(token.start, `unexpected "${token.text}" in operand`)
    args.push(parseOperand(read, context))
  }
  const [first, ...rest] = args
  if (!first) return read.fail(start, `missing value for ${context}`)
  return { start, end: read.last().end, args: [first, ...rest] }
}

function parseOperand(read: TokenReader, context: string): Operand {
  const term = parseTerm(read, context)
  const fields = parseFields(read)
  if (fields.length === 0) return term
  const span = { start: term.start, end: read.last().end }
  switch (term.kind) {
    case 'field':
    case 'variable':
      return { ...term, ...span, fields: [...term.fields, ...fields] }
    case 'pipe':
    case 'function':
    case 'chain':
      return { kind: 'chain', of: term, fields, ...span }
    default:
      return read.fail(term.end, `unexpected . after term "${read.textOf(term)}"`)
  }
}

/** The `.a.b` that follow a term with no space between. */
function parseFields(read: TokenReader): string[] {
  const fields: string[] = []
  while (read.peek().kind === 'field' && !read.peek().spaced) fields.push(read.next().text.slice(1))
  return fields
}

function parseTerm(read: TokenReader, context: string): Operand {
  const token = read.next()
  const span = { start: token.start, end: token.end }
  switch (token.kind) {
    case 'dot':
      return { kind: 'dot', ...span }
    case 'field':
      return { kind: 'field', fields: [token.text.slice(1)], ...span }
    case 'variable':
      if (!read.isDeclared(token.text)) read.fail(token.start, `undefined variable "${token.text}"`)
      return { kind: 'variable', name: token.text, fields: [], ...span }
    case 'word':
      if (token.text === 'true' || token.text === 'false')
        return { kind: 'literal', value: token.text === 'true', ...span }
      if (token.text === 'nil') return { kind: 'nil', ...span }
      if (!read.isFunction(token.text)) read.fail(token.start, `function "${token.text}" not defined`)
      return { kind: 'function', name: token.text, ...span }
    case 'string':
      return {
        kind: 'literal',
        value: unquote(token.text) ?? read.fail(token.start, 'invalid syntax'),
        ...span,
      }
    case 'char':
      return { kind: 'literal', value: charValue(read, token.text, token.start), ...span }
    case 'number': {
      const value = parseNumber(token.text)
      if (value === undefined) return read.fail(token.start, `bad number syntax: "${token.text}"`)
      return { kind: 'literal', value, ...span }
    }
    default: {
      if (token.text !== '(') return read.fail(token.start, `unexpected "${token.text}" in ${context}`)
      const pipe = read.nested(() => parsePipe(read, 'parenthesized pipeline'))
      if (read.next().text !== ')') read.fail(read.last().start, 'unclosed left paren')
      return { kind: 'pipe', pipe, start: span.start, end: read.last().end }
    }
  }
}

function charValue(read: TokenReader, literal: string, at: number): bigint {
  const text = unquote(literal)
  const points = text === undefined ? [] : [...text]
  if (points.length !== 1) read.fail(at, `malformed character constant: ${literal}`)
  return BigInt(points[0]?.codePointAt(0) ?? 0)
}
