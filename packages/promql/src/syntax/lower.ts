import type { SyntaxNode } from '@lezer/common'
import { ParseError } from '../errors.ts'
import type { Expr } from './ast.ts'
import { lowerAggregate, lowerCall } from './lower-call.ts'
import { lowerVectorSelector } from './lower-selector.ts'
import { applyModifier } from './modifiers.ts'
import { parseSeconds } from './numbers.ts'
import { type BinaryOperator, combine, type Item, readOperator } from './operators.ts'
import { firstChild, lastChild, readString, type Source, span, text } from './tree.ts'

const POSTFIX: ReadonlySet<string> = new Set([
  'OffsetExpr',
  'StepInvariantExpr',
  'MatrixSelector',
  'SubqueryExpr',
  'AnchoredExpr',
  'SmoothedExpr',
])

/**
 * Turns the editor grammar's tree into the AST. That grammar lets modifiers and signs take too much
 * (`a + b offset 5m`, `-1^2`), so operators are read in source order and combined by Prometheus' precedence.
 */
export function lowerExpr(source: Source, node: SyntaxNode): Expr {
  const items: Item[] = []
  flatten(source, node, items)
  return combine(items)
}

function flatten(source: Source, root: SyntaxNode, items: Item[]): void {
  // An explicit stack: long chains of operators are deep trees.
  const work: (SyntaxNode | BinaryOperator | { postfix: SyntaxNode })[] = [root]
  for (let next = work.pop(); next !== undefined; next = work.pop()) {
    if ('postfix' in next) applyToLast(source, items, next.postfix)
    else if ('op' in next) items.push(next)
    else if (next.name === 'BinaryExpr') {
      const [lhs, rhs] = operands(next)
      work.push(rhs, readOperator(source, next), lhs)
    } else if (next.name === 'UnaryExpr') {
      const sign = firstChild(next)
      items.push({ sign: text(source, sign) === '-' ? '-' : '+', start: sign.from })
      work.push(lastChild(next))
    } else if (POSTFIX.has(next.name)) work.push({ postfix: next }, firstChild(next))
    else pushOperand(source, items, next)
  }
}

function applyToLast(source: Source, items: Item[], node: SyntaxNode): void {
  const last = items.pop()
  if (!last || !('kind' in last)) throw new ParseError(source.text, span(node), 'unexpected modifier')
  items.push(applyModifier(source, last, node))
}

function pushOperand(source: Source, items: Item[], node: SyntaxNode): void {
  if (node.name !== 'NumberDurationLiteral') {
    items.push(lowerOperand(source, node))
    return
  }
  const literal = text(source, node)
  const signed = /^([+-])\s*/.exec(literal)
  if (signed) items.push({ sign: signed[1] === '-' ? '-' : '+', start: node.from })
  const start = node.from + (signed?.[0].length ?? 0)
  const written = source.text.slice(start, node.to)
  const number = parseSeconds(written)
  if (!number) throw new ParseError(source.text, { start, end: node.to }, `error parsing number: ${written}`)
  items.push({ kind: 'number', ...number, start, end: node.to })
}

function lowerOperand(source: Source, node: SyntaxNode): Expr {
  switch (node.name) {
    case 'ParenExpr':
      return { kind: 'paren', expr: lowerExpr(source, firstChild(node)), ...span(node) }
    case 'StringLiteral':
      return { kind: 'string', value: readString(source, node), ...span(node) }
    case 'VectorSelector':
      return lowerVectorSelector(source, node)
    case 'FunctionCall':
      return lowerCall(source, node)
    case 'AggregateExpr':
      return lowerAggregate(source, node)
    default:
      throw new ParseError(source.text, span(node), `unexpected ${node.name}`)
  }
}

/** The operands of a binary expression: its first and last child. */
function operands(node: SyntaxNode): [SyntaxNode, SyntaxNode] {
  return [firstChild(node), lastChild(node)]
}
