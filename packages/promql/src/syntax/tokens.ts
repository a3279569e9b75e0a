import { quote } from './strings.ts'

/** What a token is, in the terms of Prometheus' lexer. */
export type TokenKind =
  | 'end'
  | 'error'
  | 'identifier'
  | 'metric identifier'
  | 'string'
  | 'number'
  | 'duration'
  | 'keyword'
  | 'aggregator'
  | 'operator'
  | 'punctuation'

export interface Token {
  readonly kind: TokenKind
  /** The text; of an error, the reason. */
  readonly text: string
  readonly start: number
  readonly end: number
}

const OPERATORS: ReadonlySet<string> = new Set(['and', 'or', 'unless', 'atan2'])
const AGGREGATORS: ReadonlySet<string> = new Set([
  'sum',
  'avg',
  'count',
  'min',
  'max',
  'group',
  'stddev',
  'stdvar',
  'topk',
  'bottomk',
  'count_values',
  'quantile',
  'limitk',
  'limit_ratio',
])
const KEYWORDS: ReadonlySet<string> = new Set([
  'offset',
  'smoothed',
  'anchored',
  'by',
  'without',
  'on',
  'ignoring',
  'group_left',
  'group_right',
  'bool',
  'start',
  'end',
  'step',
  'range',
])
const FILLS: ReadonlySet<string> = new Set(['fill', 'fill_left', 'fill_right'])

/** A token as Prometheus names it in an error message. */
export function describeToken({ kind, text }: Token): string {
  switch (kind) {
    case 'end':
      return 'end of input'
    case 'keyword':
      return `<${text}>`
    case 'operator':
      return `<op:${text}>`
    case 'aggregator':
      return `<aggr:${text}>`
    case 'punctuation':
      return quote(text)
    default: {
      const named = kind === 'identifier' || kind === 'metric identifier'
      const shown = named || text.length <= 10 ? quote(text) : `${quote(text.slice(0, 10))}...`
      return `${kind} ${shown}`
    }
  }
}

/** What a word is outside of braces; `followed` tells whether a parenthesis comes next. */
export function wordKind(word: string, followed: boolean): TokenKind {
  const lower = word.toLowerCase()
  if (lower === 'inf' || lower === 'nan') return 'number'
  if (OPERATORS.has(lower)) return 'operator'
  if (AGGREGATORS.has(lower)) return 'aggregator'
  if (KEYWORDS.has(lower) || (FILLS.has(lower) && followed)) return 'keyword'
  return word.includes(':') ? 'metric identifier' : 'identifier'
}
