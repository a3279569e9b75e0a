import type { SyntaxNode } from '@lezer/common'
import { ParseError } from '../errors.ts'
import type { AggregateExpr, CallExpr, Expr } from './ast.ts'
import { lowerExpr } from './lower.ts'
import { AGGREGATIONS, isAggregateOp, isFunctionName } from './signatures.ts'
import { childrenOf, firstChild, readString, type Source, span, text } from './tree.ts'

/** Experimental functions of Prometheus that read more than samples (metadata, start timestamps). */
const NOT_ENABLED: ReadonlySet<string> = new Set(['info', 'start_timestamp'])

export function lowerCall(source: Source, node: SyntaxNode): CallExpr {
  const identifier = firstChild(node)
  // The name is read from the text: for functions that the grammar does not know a stand-in was parsed.
  const name = text(source, identifier)
  if (NOT_ENABLED.has(name))
    throw new ParseError(source.text, span(identifier), `function "${name}" is not enabled`)
  if (!isFunctionName(name)) throw unknownFunction(source, identifier, name)
  return { kind: 'call', func: name, args: readArguments(source, node), ...span(node) }
}

function unknownFunction(source: Source, node: SyntaxNode, name: string): ParseError {
  return new ParseError(source.text, span(node), `unknown function with name "${name}"`)
}

export function lowerAggregate(source: Source, node: SyntaxNode): AggregateExpr {
  const op = text(source, firstChild(node)).toLowerCase()
  if (!isAggregateOp(op)) throw unknownFunction(source, firstChild(node), op)
  const modifier = node.getChild('AggregateModifier')
  const labels = modifier?.getChild('GroupingLabels')
  const args = readArguments(source, node)
  const wanted = AGGREGATIONS[op] === undefined ? 1 : 2
  if (args.length === 0) {
    throw new ParseError(source.text, span(node), 'no arguments for aggregate expression provided')
  }
  if (args.length !== wanted) {
    throw new ParseError(
      source.text,
      span(node),
      `wrong number of arguments for aggregate expression provided, expected ${wanted}, got ${args.length}`,
    )
  }
  const [first, second] = args
  if (!first) throw new ParseError(source.text, span(node), 'no arguments for aggregate expression provided')
  return {
    kind: 'aggregate',
    op,
    expr: second ?? first,
    param: second ? first : undefined,
    grouping: labels ? readGroupingLabels(source, labels) : [],
    without: modifier?.getChild('Without') !== undefined && modifier?.getChild('Without') !== null,
    ...span(node),
  }
}

function readArguments(source: Source, node: SyntaxNode): Expr[] {
  const body = node.getChild('FunctionCallBody')
  return body ? [...childrenOf(body)].map((child) => lowerExpr(source, child)) : []
}

export function readGroupingLabels(source: Source, node: SyntaxNode): string[] {
  return [...childrenOf(node)].map((child) =>
    child.name === 'QuotedLabelName' ? readString(source, firstChild(child)) : text(source, child),
  )
}
