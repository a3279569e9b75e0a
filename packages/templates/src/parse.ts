import type { Block, Branch, Node, Template } from './ast.ts'
import { functionNames } from './functions.ts'
import { lexTemplate } from './lex.ts'
import { unquote } from './literals.ts'
import { parsePipe } from './parse-operand.ts'
import { createTokenReader, type TokenReader } from './token-reader.ts'

/** The variables that every label and annotation finds declared. */
const ALERT_VARIABLES = ['$labels', '$externalLabels', '$externalURL', '$value'] as const

// Deeper is no template that anyone wrote; it would only exhaust the stack.
const MAX_DEPTH = 100

/**
 * Parses a template of Go's `text/template`, with Prometheus' functions and alert variables.
 * @param name stands in its error messages
 * @throws TemplateError with code `parse`
 */
export function parseTemplate(text: string, name: string): Template {
  const tokens = lexTemplate(name, text)
  const read = createTokenReader(name, text, tokens, functionNames, ALERT_VARIABLES)
  const defined = new Map<string, Block>()
  const root = parseBlock(read, defined)
  if (read.peek().kind !== 'end') read.fail(read.peek().start, `unexpected {{${read.peek(1).text}}}`)
  return { name, source: text, root, defined }
}

/** Nodes up to the end of the text, or an action that ends or continues the block around; that stays unread. */
function parseBlock(read: TokenReader, defined: Map<string, Block>): Block {
  if (++read.depth > MAX_DEPTH) read.fail(read.peek().start, `nested more than ${MAX_DEPTH} deep`)
  const nodes: Node[] = []
  for (;;) {
    const token = read.peek()
    if (token.kind === 'end') break
    if (token.kind === 'text') {
      read.next()
      nodes.push({ kind: 'text', text: token.text, start: token.start, end: token.end })
      continue
    }
    const word = read.peek(1).kind === 'word' ? read.peek(1).text : ''
    if (word === 'end' || word === 'else') break
    const node = parseAction(read, defined, word)
    if (node) nodes.push(node)
  }
  read.depth--
  return nodes
}

function parseAction(read: TokenReader, defined: Map<string, Block>, word: string): Node | undefined {
  const start = read.next().start
  switch (word) {
    case 'if':
    case 'with':
    case 'range':
      read.next()
      return parseBranch(read, defined, word, start)
    case 'break':
    case 'continue':
      read.next()
      if (read.loops === 0) read.fail(start, `{{${word}}} outside {{range}}`)
      closeAction(read, word)
      return { kind: word, start, end: read.last().end }
    case 'define':
    case 'block':
    case 'template':
      return parseNamed(read, defined, word, start)
    default: {
      const pipe = parsePipe(read, 'command')
      closeAction(read, 'command')
      return { kind: 'action', pipe, start, end: read.last().end }
    }
  }
}

function parseBranch(
  read: TokenReader,
  defined: Map<string, Block>,
  kind: Branch['kind'],
  start: number,
): Branch {
  return read.scoped(() => {
    const pipe = parsePipe(read, kind, kind === 'range' ? 2 : 1)
    closeAction(read, kind)
    if (kind === 'range') read.loops++
    const body = read.scoped(() => parseBlock(read, defined))
    if (kind === 'range') read.loops--
    const otherwise = parseElse(read, defined, kind)
    return { kind, pipe, body, otherwise, start, end: read.last().end }
  })
}

/** What follows a branch's body: `{{end}}`, `{{else}}…{{end}}`, or `{{else if …}}`, which shares its end. */
function parseElse(read: TokenReader, defined: Map<string, Block>, kind: Branch['kind']): Block | undefined {
  const start = read.next().start
  if (read.last().kind === 'end') read.fail(start, 'unexpected EOF')
  const word = read.next().text
  if (word === 'end') {
    closeAction(read, 'end')
    return undefined
  }
  const chained = read.peek().text
  if ((chained === 'if' || chained === 'with') && chained === kind) {
    read.next()
    return [parseBranch(read, defined, chained, start)]
  }
  closeAction(read, 'else')
  const block = read.scoped(() => parseBlock(read, defined))
  expectEnd(read)
  return block
}

/** `{{define "x"}}…{{end}}`, `{{template "x" pipe}}`, and `{{block "x" pipe}}…{{end}}`, which is both. */
function parseNamed(
  read: TokenReader,
  defined: Map<string, Block>,
  word: 'define' | 'block' | 'template',
  start: number,
): Node | undefined {
  read.next()
  const token = read.next()
  const name = token.kind === 'string' ? unquote(token.text) : undefined
  if (name === undefined) return read.fail(token.start, `unexpected "${token.text}" in ${word} clause`)
  const bare = word === 'define' || (word === 'template' && read.peek().kind === 'close')
  const pipe = bare ? undefined : parsePipe(read, `${word} clause`)
  closeAction(read, word)
  if (word !== 'template') {
    const inner = read.scoped(() => parseBlock(read, defined), 'isolated')
    expectEnd(read)
    defined.set(name, inner)
    if (word === 'define') return undefined
  }
  return { kind: 'template', name, pipe, start, end: read.last().end }
}

function expectEnd(read: TokenReader): void {
  const open = read.next()
  if (open.kind === 'end') read.fail(open.start, 'unexpected EOF')
  if (read.next().text !== 'end') read.fail(open.start, `expected end; found {{${read.last().text}}}`)
  closeAction(read, 'end')
}

function closeAction(read: TokenReader, context: string): void {
  const token = read.next()
  if (token.kind !== 'close') read.fail(token.start, `unexpected "${token.text}" in ${context}`)
}
