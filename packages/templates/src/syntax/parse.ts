import type { Dialect } from '../functions/dialect.ts'
import type { Block, Branch, Definition, Node, Template } from './ast.ts'
import { isEmptyBlock } from './is-empty-block.ts'
import { lexTemplate } from './lex.ts'
import { unquote } from './literals.ts'
import { parsePipe } from './parse-operand.ts'
import { createTokenReader, type TokenReader } from './token-reader.ts'

/** What a parse works on: the tokens, and where templates that are met on the way are put. */
interface Parse {
  readonly read: TokenReader
  readonly define: (name: string, body: Block, at: number) => void
}

/**
 * Parses a template of Go's `text/template`.
 * @param file names the text in messages
 * @throws TemplateError with code `parse`, its message as Go words it
 */
export function parseText<Context>(text: string, file: string, dialect: Dialect<Context>): Template {
  const read = createTokenReader(file, text, lexTemplate(file, text), dialect)
  const defined = new Map<string, Definition>()
  const define = (name: string, body: Block, at: number) => {
    const before = defined.get(name)
    if (before && !isEmptyBlock(before.body)) {
      if (isEmptyBlock(body)) return
      read.fail(at, `multiple definition of template "${name}"`)
    }
    defined.set(name, { name, file, source: text, body })
  }
  const body = parseBlock({ read, define }, 'top')
  if (read.peek().kind !== 'end') read.fail(read.peek().start, `unexpected {{${read.peek(1).text}}}`)
  return { name: file, file, source: text, body, defined }
}

/** Nodes up to the end of the text, or an action that ends or continues the block around; that stays unread. */
function parseBlock(parse: Parse, level: 'top' | 'inner'): Block {
  const { read } = parse
  return read.nested(() => {
    const nodes: Node[] = []
    for (;;) {
      const token = read.peek()
      if (token.kind === 'end') return nodes
      if (token.kind === 'text') {
        read.next()
        nodes.push({ kind: 'text', text: token.text, start: token.start, end: token.end })
        continue
      }
      const word = read.peek(1).kind === 'word' ? read.peek(1).text : ''
      if (word === 'end' || word === 'else') return nodes
      if (word === 'define' && level === 'inner')
        read.fail(read.peek(1).start, 'unexpected <define> in command')
      const node = parseAction(parse, word)
      if (node) nodes.push(node)
    }
  })
}

function parseAction(parse: Parse, word: string): Node | undefined {
  const { read } = parse
  const start = read.next().start
  switch (word) {
    case 'if':
    case 'with':
    case 'range':
      read.next()
      return parseBranch(parse, word, start)
    case 'break':
    case 'continue':
      read.next()
      if (read.loops === 0) read.fail(start, `{{${word}}} outside {{range}}`)
      closeAction(read, word)
      return { kind: word, start, end: read.last().end }
    case 'define':
    case 'block':
    case 'template':
      return parseNamed(parse, word, start)
    default: {
      const pipe = parsePipe(read, 'command')
      closeAction(read, 'command')
      return { kind: 'action', pipe, start, end: read.last().end }
    }
  }
}

function parseBranch(parse: Parse, kind: Branch['kind'], start: number): Branch {
  const { read } = parse
  return read.scoped(() => {
    const pipe = parsePipe(read, kind, kind === 'range' ? 2 : 1)
    closeAction(read, kind)
    if (kind === 'range') read.loops++
    const body = read.scoped(() => parseBlock(parse, 'inner'))
    if (kind === 'range') read.loops--
    const otherwise = parseElse(parse, kind)
    return { kind, pipe, body, otherwise, start, end: read.last().end }
  })
}

/** What follows a branch's body: `{{end}}`, `{{else}}…{{end}}`, or `{{else if …}}`, which shares its end. */
function parseElse(parse: Parse, kind: Branch['kind']): Block | undefined {
  const { read } = parse
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
    return [read.nested(() => parseBranch(parse, chained, start))]
  }
  closeAction(read, 'else')
  const block = read.scoped(() => parseBlock(parse, 'inner'))
  expectEnd(read)
  return block
}

/** `{{define "x"}}…{{end}}`, `{{template "x" pipe}}`, and `{{block "x" pipe}}…{{end}}`, which is both. */
function parseNamed(parse: Parse, word: 'define' | 'block' | 'template', start: number): Node | undefined {
  const { read } = parse
  read.next()
  const token = read.next()
  const name = token.kind === 'string' ? unquote(token.text) : undefined
  if (name === undefined) return read.fail(token.start, `unexpected "${token.text}" in ${word} clause`)
  const bare = word === 'define' || (word === 'template' && read.peek().kind === 'close')
  const pipe = bare ? undefined : parsePipe(read, `${word} clause`)
  closeAction(read, word)
  if (word !== 'template') {
    const outerLoops = read.loops
    read.loops = 0
    const inner = read.scoped(() => parseBlock(parse, 'inner'), 'isolated')
    read.loops = outerLoops
    expectEnd(read)
    parse.define(name, inner, start)
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
