import { type Expr, type Matcher, parseExpr } from '@tocsin/promql'
import type { KnownMetrics, LabelNames } from './known-metrics.ts'

/** What an expression asks for that nobody publishes; `text` is the part of it that is at fault. */
export interface UseFault {
  readonly text: string
  readonly reason: string
}

/** What was found out about an expression. */
export interface CheckedUse {
  readonly faults: readonly UseFault[]
  /** The labels that its results may have. */
  readonly labels: LabelNames
}

type Binary = Extract<Expr, { kind: 'binary' }>
type Aggregate = Extract<Expr, { kind: 'aggregate' }>
type Call = Extract<Expr, { kind: 'call' }>

const NONE: ReadonlySet<string> = new Set()

/**
 * Checks that every metric an expression selects is known, and has the labels that it is matched, grouped and joined by.
 * Which labels a result has follows from the expression: a join on a label that one side has lost is found as well.
 * @throws ParseError
 */
export function checkExpression(source: string, known: KnownMetrics): CheckedUse {
  const faults: UseFault[] = []
  const blame = ({ start, end }: Expr, reason: string) =>
    void faults.push({ text: source.slice(start, end).replaceAll(/\s+/g, ' '), reason })

  function need(expr: Expr, names: readonly string[], of: LabelNames, what: string): void {
    if (of === undefined) return
    for (const name of names)
      if (name !== '__name__' && !of.has(name))
        blame(expr, `${what} the label ${name}; there are ${[...of].sort().join(', ') || 'none'}`)
  }

  function visit(expr: Expr): LabelNames {
    switch (expr.kind) {
      case 'number':
      case 'string':
        return NONE
      case 'vector-selector':
        return select(expr, expr.matchers)
      case 'matrix-selector':
        return visit(expr.selector)
      case 'subquery':
      case 'paren':
      case 'unary':
        return visit(expr.expr)
      case 'aggregate':
        return aggregate(expr)
      case 'call':
        return call(expr)
      case 'binary':
        return binary(expr)
    }
  }

  function select(expr: Expr, matchers: readonly Matcher[]): LabelNames {
    const byName = matchers.filter(({ name }) => name === '__name__')
    const found = [...known.keys()].filter((name) => byName.every((matcher) => matcher.matches(name)))
    if (found.length === 0) {
      blame(expr, 'no such metric is in the catalogue')
      return undefined
    }
    const labels = unite(found.map((name) => known.get(name)))
    const others = matchers.filter(({ name }) => name !== '__name__').map(({ name }) => name)
    need(expr, others, labels, 'the metric has not')
    return labels
  }

  function aggregate(expr: Aggregate): LabelNames {
    const { op, grouping, without, param } = expr
    const inner = visit(expr.expr)
    need(expr, grouping, inner, 'what is grouped has not')
    if (op === 'topk' || op === 'bottomk' || op === 'limitk' || op === 'limit_ratio') return inner
    const counted = op === 'count_values' && param?.kind === 'string' ? [param.value] : []
    if (!without) return new Set([...grouping, ...counted])
    return inner && new Set([...inner].filter((name) => !grouping.includes(name)).concat(counted))
  }

  function call(expr: Call): LabelNames {
    const { func, args } = expr
    const all = args.map(visit)
    const of = unite(all)
    const texts = args.map((arg) => (arg.kind === 'string' ? arg.value : ''))
    switch (func) {
      case 'absent':
      case 'absent_over_time':
        return new Set(equalities(args[0]))
      case 'histogram_quantile':
        need(expr, ['le'], of, 'a histogram needs its buckets:')
        return of && new Set([...of].filter((name) => name !== 'le'))
      case 'label_replace':
        need(expr, texts[3] === '' ? [] : [texts[3] ?? ''], of, 'there is not')
        return of && new Set([...of, texts[1] ?? ''])
      case 'label_join':
        need(expr, texts.slice(3), of, 'there is not')
        return of && new Set([...of, texts[1] ?? ''])
      default:
        return of
    }
  }

  function binary(expr: Binary): LabelNames {
    const { op, matching } = expr
    const [left, right] = [visit(expr.lhs), visit(expr.rhs)]
    if (isScalar(expr.lhs)) return right
    if (isScalar(expr.rhs)) return left
    const { on, labels, card, include } = matching
    if (on) for (const side of [left, right]) need(expr, labels, side, 'one side has not')
    else match(expr, left, right)
    if (op === 'and' || op === 'unless') return left
    if (op === 'or') return unite([left, right])
    if (card === 'one-to-one') return on ? new Set(labels) : minus(left, labels)
    const [many, one] = card === 'many-to-one' ? [left, right] : [right, left]
    need(expr, include, one, 'the side of one has not')
    return many && new Set([...many, ...include])
  }

  /** Sides that are not told to match on labels match on all: on both sides there must be the same. */
  function match(expr: Binary, left: LabelNames, right: LabelNames): void {
    if (expr.op === 'or' || left === undefined || right === undefined) return
    const { labels } = expr.matching
    const [a, b] = [minus(left, labels) ?? NONE, minus(right, labels) ?? NONE]
    const differing = [...(minus(a, [...b]) ?? NONE), ...(minus(b, [...a]) ?? NONE)].sort()
    if (differing.length > 0)
      blame(
        expr,
        `only one side has ${differing.join(', ')}, so that the two never match: say on() or ignoring()`,
      )
  }

  const labels = visit(parseExpr(source))
  return { faults, labels }
}

function isScalar(expr: Expr): boolean {
  if (expr.kind === 'number') return true
  if (expr.kind === 'paren' || expr.kind === 'unary') return isScalar(expr.expr)
  if (expr.kind === 'binary') return isScalar(expr.lhs) && isScalar(expr.rhs)
  return expr.kind === 'call' && ['scalar', 'time', 'pi', 'start', 'end'].includes(expr.func)
}

/** The labels that a selector fixes, which `absent` gives its result. */
function equalities(expr: Expr | undefined): readonly string[] {
  if (expr?.kind === 'matrix-selector' || expr?.kind === 'paren')
    return equalities(expr.kind === 'paren' ? expr.expr : expr.selector)
  if (expr?.kind !== 'vector-selector') return []
  return expr.matchers.filter(({ name, type }) => type === '=' && name !== '__name__').map(({ name }) => name)
}

function minus(names: LabelNames, taken: readonly string[]): LabelNames {
  return names && new Set([...names].filter((name) => !taken.includes(name)))
}

function unite(all: readonly LabelNames[]): LabelNames {
  const united = new Set<string>()
  for (const names of all) {
    if (names === undefined) return undefined
    for (const name of names) united.add(name)
  }
  return united
}
