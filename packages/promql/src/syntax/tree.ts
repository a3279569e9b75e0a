import type { SyntaxNode } from '@lezer/common'
import { ParseError, type Position } from '../errors.ts'
import { quote, unquote } from './strings.ts'

/** What lowering reads besides the tree. */
export interface Source {
  readonly text: string
  /** Characters that the repetitions of its regular expressions have come to so far, beyond what is written. */
  repeated: number
}

export function readString(source: Source, node: SyntaxNode): string {
  const value = unquote(text(source, node))
  if (value === undefined) {
    throw new ParseError(
      source.text,
      span(node),
      `error unquoting string ${quote(text(source, node))}: invalid syntax`,
    )
  }
  return value
}

export function text(source: Source, node: SyntaxNode): string {
  return source.text.slice(node.from, node.to)
}

export function span(node: SyntaxNode): Position {
  return { start: node.from, end: node.to }
}

export function firstChild(node: SyntaxNode): SyntaxNode {
  return node.firstChild ?? node
}

export function lastChild(node: SyntaxNode): SyntaxNode {
  return node.lastChild ?? node
}

export function* childrenOf(node: SyntaxNode): Generator<SyntaxNode> {
  for (let child = node.firstChild; child; child = child.nextSibling) yield child
}
