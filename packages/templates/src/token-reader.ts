import type { Span } from './ast.ts'
import type { Token } from './lex.ts'
import { placeOf, TemplateError } from './template-error.ts'

/** The parser's view of the tokens: where it stands, which variables are in scope, how it fails. */
export interface TokenReader {
  peek(ahead?: number): Token
  next(): Token
  last(): Token
  textOf(span: Span): string
  fail(at: number, reason: string): never
  isFunction(name: string): boolean
  isDeclared(variable: string): boolean
  declare(variable: string): void
  /** Runs `body` in a scope of its own; `isolated`, it sees none of the variables around it. */
  scoped<T>(body: () => T, isolated?: 'isolated'): T
  /** Nesting, of blocks and loops. */
  depth: number
  loops: number
}

export function createTokenReader(
  name: string,
  source: string,
  tokens: readonly Token[],
  functions: ReadonlySet<string>,
  predeclared: readonly string[],
): TokenReader {
  let at = 0
  let variables: string[] = ['$', ...predeclared]
  const end = tokens[tokens.length - 1] as Token
  const reader: TokenReader = {
    depth: 0,
    loops: 0,
    peek: (ahead = 0) => tokens[at + ahead] ?? end,
    next: () => tokens[at++] ?? end,
    last: () => tokens[at - 1] ?? end,
    textOf: (span) => source.slice(span.start, span.end),
    fail(offset, reason) {
      throw new TemplateError('parse', `template: ${name}:${placeOf(source, offset)}: ${reason}`)
    },
    isFunction: (word) => functions.has(word),
    isDeclared: (variable) => variables.includes(variable),
    declare: (variable) => {
      variables.push(variable)
    },
    scoped(body, isolated) {
      const outer = variables
      variables = isolated ? ['$'] : [...outer]
      try {
        return body()
      } finally {
        variables = outer
      }
    },
  }
  return reader
}
