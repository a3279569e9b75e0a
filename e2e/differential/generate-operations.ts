import fc from 'fast-check'
import { type Aggregate, type Binary, call, type Expr, type Matching, string } from './expr.ts'
import type { Parts } from './generate-calls.ts'
import { instantSelectors, labelSets, numbers, quantiles } from './generate-leaves.ts'

const ARITHMETIC = ['+', '-', '*', '/', '%', '^', 'atan2']
const COMPARISONS = ['==', '!=', '>', '<', '>=', '<=']
const SETS = ['and', 'or', 'unless']
const FOLDS = ['sum', 'avg', 'min', 'max', 'count', 'group', 'stddev', 'stdvar']

const CHOOSING = ['topk', 'bottomk']

/** Every operator, aggregation and modifier that is generated. */
export const OPERATIONS: readonly string[] = [
  ...[ARITHMETIC, COMPARISONS, SETS, FOLDS, CHOOSING].flat(),
  ...[
    'quantile',
    'count_values',
    'by',
    'without',
    'unary -',
    'bool',
    'on',
    'ignoring',
    'group_left',
    'group_right',
  ],
  ...['subquery', 'offset', '@'],
]

const groupings = fc.option(fc.record({ without: fc.boolean(), labels: labelSets }), {
  nil: undefined,
  freq: 4,
})

const operators: fc.Arbitrary<Pick<Binary, 'op' | 'bool'>> = fc.oneof(
  fc.constantFrom(...ARITHMETIC).map((op) => ({ op, bool: false })),
  fc.tuple(fc.constantFrom(...COMPARISONS), fc.boolean()).map(([op, bool]) => ({ op, bool })),
)

const bare = fc.integer({ min: 0, max: 9 }).map((drawn) => drawn === 0)

const matchings: fc.Arbitrary<Matching> = fc.record({ on: fc.boolean(), labels: labelSets })

function aggregate(op: string, args: readonly Expr[], grouping?: Aggregate['grouping']): Expr {
  return { kind: 'aggregate', op, args, ...(grouping && { grouping }) }
}

export function aggregations({ vector, scalar }: Parts): fc.WeightedArbitrary<Expr>[] {
  const counted = fc.oneof({ weight: 6, arbitrary: numbers }, { weight: 1, arbitrary: scalar })
  return [
    {
      weight: 8,
      arbitrary: fc
        .tuple(fc.constantFrom(...FOLDS), vector, groupings)
        .map(([op, inner, grouping]) => aggregate(op, [inner], grouping)),
    },
    {
      weight: 2,
      arbitrary: fc
        .tuple(fc.constantFrom(...CHOOSING), counted, vector, groupings)
        .map(([op, k, inner, grouping]) => aggregate(op, [k, inner], grouping)),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(quantiles, vector, groupings)
        .map(([q, inner, grouping]) => aggregate('quantile', [q, inner], grouping)),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.constantFrom('value', 'job'), vector, groupings)
        .map(([label, inner, grouping]) => aggregate('count_values', [string(label), inner], grouping)),
    },
  ]
}

export function operations(parts: Parts): fc.WeightedArbitrary<Expr>[] {
  const { vector, scalar } = parts
  const arithmetic = (left: fc.Arbitrary<Expr>, right: fc.Arbitrary<Expr>): fc.Arbitrary<Expr> =>
    fc
      .tuple(operators, left, right, bare)
      .map(([operator, lhs, rhs, plain]) => binary(operator, [lhs, rhs], plain))
  return [
    { weight: 3, arbitrary: arithmetic(vector, scalar) },
    { weight: 3, arbitrary: arithmetic(scalar, vector) },
    { weight: 3, arbitrary: alike(parts) },
    { weight: 3, arbitrary: joined(parts) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(operators, vector, vector, fc.option(matchings, { nil: undefined }))
        .map(([operator, lhs, rhs, matching]) => binary(operator, [lhs, rhs], false, matching)),
    },
    {
      weight: 3,
      arbitrary: fc
        .tuple(fc.constantFrom(...SETS), vector, vector, fc.option(matchings, { nil: undefined }), bare)
        .map(([op, lhs, rhs, matching, plain]) => binary({ op, bool: false }, [lhs, rhs], plain, matching)),
    },
    { weight: 1, arbitrary: vector.map((inner) => ({ kind: 'negate', args: [inner] })) },
  ]
}

/** Scalars of scalars: a comparison between them must be `bool`. */
export function scalarOperations({ vector, scalar }: Parts): fc.WeightedArbitrary<Expr>[] {
  return [
    { weight: 2, arbitrary: vector.map((inner) => call('scalar', inner)) },
    {
      weight: 2,
      arbitrary: fc
        .tuple(operators, scalar, scalar, bare)
        .map(([{ op }, lhs, rhs, plain]) =>
          binary({ op, bool: COMPARISONS.includes(op) }, [lhs, rhs], plain),
        ),
    },
    { weight: 1, arbitrary: scalar.map((inner) => ({ kind: 'negate', args: [inner] })) },
  ]
}

/** Two sides that find each other one to one: both aggregated by the same labels. */
function alike({ vector }: Parts): fc.Arbitrary<Expr> {
  const side = fc.tuple(fc.constantFrom(...FOLDS), vector)
  return fc
    .tuple(operators, side, side, labelSets, fc.boolean())
    .map(([operator, left, right, labels, on]) => {
      const grouping = { without: false, labels }
      const sides = [left, right].map(([op, inner]) => aggregate(op, [inner], grouping))
      return binary(operator, sides, false, on ? { on, labels } : undefined)
    })
}

/** Many series of one side beside one of the other. */
function joined({ vector }: Parts): fc.Arbitrary<Expr> {
  const keys = fc.constantFrom(['job'], ['job', 'instance'])
  const include = fc.subarray(['team', 'zone', 'version', 'missing'])
  const one = (labels: readonly string[]): fc.Arbitrary<Expr> =>
    fc.oneof(
      vector.map((inner) => aggregate('max', [inner], { without: false, labels })),
      vector.map((inner) => aggregate('sum', [inner], { without: false, labels: [...labels, 'zone'] })),
      instantSelectors.map((selector) => ({ ...selector, name: labels.length === 1 ? 'limits' : 'up' })),
    )
  return fc
    .tuple(
      operators,
      vector,
      keys.chain((labels) => fc.tuple(fc.constant(labels), one(labels))),
      include,
      fc.boolean(),
    )
    .map(([operator, many, [labels, single], included, left]) => {
      const group = { side: left ? ('left' as const) : ('right' as const), include: included }
      return binary(operator, left ? [many, single] : [single, many], false, { on: true, labels, group })
    })
}

function binary(
  operator: Pick<Binary, 'op' | 'bool'>,
  [lhs = MISSING, rhs = MISSING]: readonly Expr[],
  plain: boolean,
  matching?: Matching,
): Expr {
  return { kind: 'binary', ...operator, bare: plain, args: [lhs, rhs], ...(matching && { matching }) }
}

const MISSING: Expr = { kind: 'number', text: 'NaN', args: [] }
