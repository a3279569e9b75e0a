import type { SyntaxNode } from '@lezer/common'
import { ParseError } from '../errors.ts'
import type { AtModifier, Expr, MatrixSelector, Subquery, VectorSelector } from './ast.ts'
import { parseSeconds } from './numbers.ts'
import { childrenOf, lastChild, type Source, span, text } from './tree.ts'

type Selectable = VectorSelector | MatrixSelector | Subquery

/** Applies `offset`, `@`, a range or a subquery, found at `node`, to the operand before it. */
export function applyModifier(source: Source, operand: Expr, node: SyntaxNode): Expr {
  switch (node.name) {
    case 'OffsetExpr':
      return applyOffset(source, operand, node)
    case 'StepInvariantExpr':
      return applyAt(source, operand, node)
    case 'MatrixSelector':
      return applyRange(source, operand, node)
    case 'SubqueryExpr':
      return applySubquery(source, operand, node)
    default: {
      const name = node.name === 'AnchoredExpr' ? 'anchored' : 'smoothed'
      throw new ParseError(source.text, span(node), `${name} modifier is experimental and not enabled`)
    }
  }
}

function applyOffset(source: Source, operand: Expr, node: SyntaxNode): Expr {
  const target = selectable(
    source,
    operand,
    'offset modifier',
    'instant vector selector or range vector selector or a subquery',
  )
  const selector = target.kind === 'matrix-selector' ? target.selector : target
  if (selector.offsetMs !== 0) {
    throw new ParseError(source.text, operand, 'offset may not be set multiple times')
  }
  const offsetMs = readDuration(source, lastChild(node))
  return modify(target, { offsetMs }, node.to)
}

function applyAt(source: Source, operand: Expr, node: SyntaxNode): Expr {
  const target = selectable(
    source,
    operand,
    '@ modifier',
    'instant vector selector or range vector selector or a subquery',
  )
  const selector = target.kind === 'matrix-selector' ? target.selector : target
  if (selector.at !== undefined) {
    throw new ParseError(source.text, operand, '@ <timestamp> may not be set multiple times')
  }
  return modify(target, { at: readAt(source, operand, lastChild(node)) }, node.to)
}

function readAt(source: Source, operand: Expr, node: SyntaxNode): AtModifier {
  if (node.name === 'AtModifierPreprocessors') {
    return text(source, node).toLowerCase().startsWith('start') ? 'start' : 'end'
  }
  const literal = text(source, node)
  const sign = literal.startsWith('-') ? -1 : 1
  const seconds = parseSeconds(literal.replace(/^[+-]\s*/, ''))?.value ?? Number.NaN
  const ms = Math.round(sign * seconds * 1000)
  // Beyond this a time in milliseconds no longer fits 64 bits, or a double keeps no milliseconds.
  if (!Number.isFinite(ms) || Math.abs(ms) >= 2 ** 63) {
    throw new ParseError(source.text, operand, `timestamp out of bounds for @ modifier: ${literal}`)
  }
  return ms
}

function applyRange(source: Source, operand: Expr, node: SyntaxNode): Expr {
  const bracket = { start: source.text.indexOf('[', operand.end), end: node.to }
  if (operand.kind !== 'vector-selector') {
    throw new ParseError(source.text, bracket, 'ranges only allowed for vector selectors')
  }
  if (operand.offsetMs !== 0) {
    throw new ParseError(source.text, bracket, 'no offset modifiers allowed before range')
  }
  if (operand.at !== undefined) {
    throw new ParseError(source.text, bracket, 'no @ modifiers allowed before range')
  }
  const rangeMs = readPositiveDuration(source, lastChild(node))
  return { kind: 'matrix-selector', selector: operand, rangeMs, start: operand.start, end: node.to }
}

function applySubquery(source: Source, operand: Expr, node: SyntaxNode): Expr {
  const [range, step] = [...childrenOf(node)].filter((child) => child.name === 'DurationExpr')
  if (!range) throw new ParseError(source.text, span(node), 'missing duration in subquery')
  return {
    kind: 'subquery',
    expr: operand,
    rangeMs: readPositiveDuration(source, range),
    stepMs: step && readPositiveDuration(source, step),
    offsetMs: 0,
    at: undefined,
    start: operand.start,
    end: node.to,
  }
}

function selectable(source: Source, operand: Expr, what: string, wanted: string): Selectable {
  if (
    operand.kind === 'vector-selector' ||
    operand.kind === 'matrix-selector' ||
    operand.kind === 'subquery'
  ) {
    return operand
  }
  throw new ParseError(source.text, operand, `${what} must be preceded by an ${wanted}`)
}

function modify(
  target: Selectable,
  change: { offsetMs: number } | { at: AtModifier },
  end: number,
): Selectable {
  if (target.kind !== 'matrix-selector') return { ...target, ...change, end }
  return { ...target, selector: { ...target.selector, ...change }, end }
}

function readPositiveDuration(source: Source, node: SyntaxNode): number {
  const ms = readDuration(source, node)
  if (ms > 0) return ms
  throw new ParseError(source.text, span(node), 'duration must be greater than 0')
}

/** A duration in milliseconds; a bare number is seconds. */
function readDuration(source: Source, node: SyntaxNode): number {
  const written = text(source, node)
  const found = /^([+-]?)\s*([^\s+\-*/%^()]+(?:e[+-]?\d+)?)$/i.exec(written)
  const seconds = found && parseSeconds(found[2] ?? '')?.value
  if (!found || seconds === undefined || seconds === null) {
    throw new ParseError(source.text, span(node), 'experimental duration expression is not enabled')
  }
  const ms = Math.trunc(seconds * 1000 + (seconds % 1 === 0 ? 0 : 1e-6))
  if (!Number.isFinite(seconds) || seconds * 1000 > 9_223_372_036_854) {
    throw new ParseError(source.text, span(node), 'duration out of range')
  }
  return found[1] === '-' ? -ms : ms
}
