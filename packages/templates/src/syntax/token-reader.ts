import type { Dialect } from '../functions/dialect.ts'
import { placeOf, TemplateError } from '../template-error.ts'
import type { Span } from './ast.ts'
import type { Token } from './lex.ts'

/** The parser's view of the tokens: where it stands, which variables are in scope, how it fails. */
export interface TokenReader {
  peek(ahead?: number): Token
  next(): Token
  last(): Token
  textOf(span: Span): string
  fail(at: number, reason: string): never
  isFunction(name: string): boolean
  /** One level deeper for as long as the work takes. Fails beyond a depth that no one wrote by hand. */
  nested<T>(work: () => T): T
  isDeclared(variable: string): boolean
  declare(variable: string): void
  /** Runs `body` in a scope of its own; `isolated`, it sees none of the variables around it. */
  scoped<T>(body: () => T, isolated?: 'isolated'): T
  /** Loops around. */
  loops: number
}

// Deeper is no template that anyone wrote; it would only exhaust the stack.
const MAX_DEPTH = 100

export function createTokenReader(
  name: string,
  source: string,
  tokens: readonly Token[],
  dialect: Pick<Dialect<never>, 'functions' | 'variables'>,
): TokenReader {
  let at = 0
  let depth = 0
  let variables: string[] = ['$', ...dialect.variables]
  const end = tokens[tokens.length - 1] as Token
  const reader: TokenReader = {
    loops: 0,
    peek: (ahead = 0) => tokens[at + ahead] ?? end,
    next: () => tokens[at++] ?? end,
    last: () => tokens[at - 1] ?? end,
    textOf: (span) => source.slice(span.start, span.end),
    fail(offset, reason) {
      throw new TemplateError('parse', `template: ${name}:${placeOf(source, offset)}: ${reason}`)
    },
    isFunction: (word) => dialect.functions.has(word),
    nested(work) {
      if (++depth > MAX_DEPTH) reader.fail(reader.peek().start, `nested more than ${MAX_DEPTH} deep`)
      const result = work()
      depth--
      return result
    },
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
