import type { SyntaxNode } from '@lezer/common'
import { ParseError } from '../errors.ts'
import { type BinaryOp, type Expr, isSetOp, type VectorMatching } from './ast.ts'
import { readGroupingLabels } from './lower-call.ts'
import { childrenOf, type Source, span, text } from './tree.ts'

/** A sign in front of an operand. */
export interface Sign {
  readonly sign: '+' | '-'
  readonly start: number
}

/** An operator between operands, with its modifiers. */
export interface BinaryOperator {
  readonly op: BinaryOp
  readonly returnBool: boolean
  readonly matching: VectorMatching
}

/** Signs, operands and operators in the order of the text. */
export type Item = Sign | BinaryOperator | Expr

const PRECEDENCE: Readonly<Record<BinaryOp, number>> = {
  or: 1,
  and: 2,
  unless: 2,
  '==': 3,
  '!=': 3,
  '>': 3,
  '<': 3,
  '>=': 3,
  '<=': 3,
  '+': 4,
  '-': 4,
  '*': 5,
  '/': 5,
  '%': 5,
  atan2: 5,
  '^': 6,
}
/** A sign binds as `*` does: `-a^b` is `-(a^b)`, `-a*b` is `(-a)*b`. */
const ABOVE_SIGN = 6

function isBinaryOp(op: string): op is BinaryOp {
  return Object.hasOwn(PRECEDENCE, op)
}

export function readOperator(source: Source, node: SyntaxNode): BinaryOperator {
  let op: string | undefined
  let returnBool = false
  let clause: Omit<VectorMatching, 'card'> & { group?: 'left' | 'right' } = {
    on: false,
    labels: [],
    include: [],
  }
  let first = true
  for (const child of childrenOf(node)) {
    if (child.name === 'BoolModifier') returnBool = true
    else if (child.name === 'MatchingModifierClause') clause = readMatching(source, child)
    else if (child.name === 'FillModifier') {
      throw new ParseError(source.text, span(child), 'fill modifiers are experimental and not enabled')
    } else if (!first && op === undefined) op = text(source, child).toLowerCase()
    first = false
  }
  if (op === undefined || !isBinaryOp(op)) {
    const why =
      op === '</' || op === '>/' ? ' works on native histograms, which are not supported' : ' is unknown'
    throw new ParseError(source.text, span(node), `operator "${op ?? ''}"${why}`)
  }
  const { group, ...matching } = clause
  const card = group
    ? group === 'left'
      ? 'many-to-one'
      : 'one-to-many'
    : isSetOp(op)
      ? 'many-to-many'
      : 'one-to-one'
  return { op, returnBool, matching: { card, ...matching } }
}

function readMatching(
  source: Source,
  node: SyntaxNode,
): Omit<VectorMatching, 'card'> & { group?: 'left' | 'right' } {
  let on = false
  let group: 'left' | 'right' | undefined
  const lists: string[][] = []
  for (const child of childrenOf(node)) {
    if (child.name === 'On') on = true
    else if (child.name === 'GroupLeft') group = 'left'
    else if (child.name === 'GroupRight') group = 'right'
    else if (child.name === 'GroupingLabels') lists.push(readGroupingLabels(source, child))
  }
  const [labels = [], include = []] = lists
  return group ? { on, labels, include, group } : { on, labels, include }
}

/** Combines operands and operators by Prometheus' precedence; `^` associates to the right. */
export function combine(items: readonly Item[]): Expr {
  let at = 0

  function operand(): Expr {
    const item = items[at++]
    if (item === undefined) throw new Error('an operand is missing: the tree was checked before')
    if ('sign' in item) return applySign(item, binary(ABOVE_SIGN))
    if ('kind' in item) return item
    throw new Error('an operator has no left operand: the tree was checked before')
  }

  function binary(least: number): Expr {
    let lhs = operand()
    for (;;) {
      const item = items[at]
      if (!item || !('matching' in item) || 'kind' in item) return lhs
      const precedence = PRECEDENCE[item.op]
      if (precedence < least) return lhs
      at++
      const rhs = binary(item.op === '^' ? precedence : precedence + 1)
      const { op, returnBool, matching } = item
      lhs = { kind: 'binary', op, lhs, rhs, returnBool, matching, start: lhs.start, end: rhs.end }
    }
  }

  return binary(0)
}

function applySign({ sign, start }: Sign, expr: Expr): Expr {
  if (expr.kind === 'number') return { ...expr, value: sign === '-' ? -expr.value : expr.value, start }
  return { kind: 'unary', op: sign, expr, start, end: expr.end }
}
