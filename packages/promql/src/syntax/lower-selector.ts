import type { SyntaxNode } from '@lezer/common'
import { ParseError } from '../errors.ts'
import { InvalidRegexError } from '../regex/compile-regex.ts'
import { writtenOutSize } from '../regex/written-out-size.ts'
import { createMatcher, type Matcher, type MatchType } from '../storage.ts'
import type { VectorSelector } from './ast.ts'
import { childrenOf, firstChild, lastChild, readString, type Source, span, text } from './tree.ts'

const NAME = '__name__'

/** Turns a selector's tree into the AST; a metric name becomes a matcher on `__name__`, the last one. */
export function lowerVectorSelector(source: Source, node: SyntaxNode): VectorSelector {
  const matchers: Matcher[] = []
  let name: string | undefined
  for (const child of childrenOf(node)) {
    if (child.name === 'Identifier') name = text(source, child)
    else if (child.name === 'LabelMatchers') {
      for (const part of childrenOf(child)) matchers.push(lowerMatcher(source, part))
    }
  }
  if (name !== undefined) matchers.push(createMatcher(NAME, '=', name))
  return { kind: 'vector-selector', name, matchers, offsetMs: 0, at: undefined, ...span(node) }
}

function lowerMatcher(source: Source, node: SyntaxNode): Matcher {
  if (node.name === 'QuotedLabelName') return createMatcher(NAME, '=', readString(source, firstChild(node)))
  const label = firstChild(node)
  const labelName =
    label.name === 'QuotedLabelName' ? readString(source, firstChild(label)) : text(source, label)
  const operator = node.getChild('MatchOp')
  const type = operator ? text(source, operator) : '='
  const value = readString(source, lastChild(node))
  if (type === '=~' || type === '!~') chargeRepetitions(source, node, value)
  try {
    return createMatcher(labelName, isMatchType(type) ? type : '=', value)
  } catch (error) {
    if (!(error instanceof InvalidRegexError)) throw error
    throw new ParseError(source.text, span(node), error.message, { cause: error })
  }
}

/** What repetitions of all regular expressions of one text may come to, beyond what is written. */
const MOST_REPEATED = 4000

/** Each may be small enough by itself, and all of them together take seconds to compile. @throws ParseError */
function chargeRepetitions(source: Source, node: SyntaxNode, regex: string): void {
  // One expression may have four times as many groups and operators as characters.
  const size = Math.max(writtenOutSize(regex), writtenOutSize(regex, 1) / 4)
  source.repeated += Math.max(0, size - regex.length)
  if (source.repeated > MOST_REPEATED)
    throw new ParseError(
      source.text,
      span(node),
      `error parsing regexp: expression too large: the regular expressions repeat more than ${MOST_REPEATED} characters together`,
    )
}

function isMatchType(type: string): type is MatchType {
  return type === '=' || type === '!=' || type === '=~' || type === '!~'
}
