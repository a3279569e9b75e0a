import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatExpr } from './format-expr.ts'
import { parseExpr } from './parse-expr.ts'
import { prettifyExpr } from './prettify-expr.ts'

const selector = fc.constantFrom(
  'm',
  'm{a="b"}',
  '{__name__=~"x.+",a!="\\n"}',
  'm offset 5m',
  'm @ 12.5',
  'm @ start() offset -1h',
)
const range = fc.constantFrom(
  'm[5m]',
  'm{a="b"}[1d] offset 1w',
  '(m + 1)[1h:]',
  'rate(m[1m])[30m:10s] @ end()',
)
const scalar = fc.constantFrom('1', '-0.5', 'Inf', '5m', 'scalar(m)', 'time()')

const { vector } = fc.letrec<{ vector: string }>((tie) => ({
  vector: fc.oneof(
    { depthSize: 'small' },
    selector,
    range.map((inner) => `avg_over_time(${inner})`),
    fc.tuple(scalar, range).map(([q, inner]) => `quantile_over_time(${q}, ${inner})`),
    tie('vector').map((inner) => `-(${inner})`),
    fc
      .tuple(
        tie('vector'),
        fc.constantFrom('+', '^', '> bool', 'and', '/ on (a) group_left (b)', 'unless ignoring (c)'),
        tie('vector'),
      )
      .map(([left, op, right]) => `(${left}) ${op} (${right})`),
    fc
      .tuple(fc.constantFrom('sum', 'max by (a)', 'count without ("x.y")'), tie('vector'))
      .map(([op, inner]) => `${op} (${inner})`),
    fc.tuple(scalar, tie('vector')).map(([k, inner]) => `topk by (a) (${k}, ${inner})`),
    tie('vector').map((inner) => `label_replace(${inner}, "a", "$1\\t", "b", "(.*)")`),
  ),
}))

describe('formatExpr', () => {
  it('gives a text that means the same', () => {
    fc.assert(
      fc.property(vector, (source) => {
        const once = formatExpr(parseExpr(source))
        expect(formatExpr(parseExpr(once))).toBe(once)
        expect(formatExpr(parseExpr(prettifyExpr(parseExpr(source))))).toBe(once)
      }),
      { numRuns: 500 },
    )
  })

  it('sorts matchers and writes numbers without exponents, as Prometheus does', () => {
    expect(formatExpr(parseExpr('m{b="1",a="2"} * 1e3'))).toBe('m{a="2",b="1"} * 1000')
    expect(formatExpr(parseExpr('SUM(m) BY (a) > 1e-7'))).toBe('sum by (a) (m) > 0.0000001')
  })
})

describe('prettifyExpr', () => {
  it('breaks what is longer than a line', () => {
    const long = `sum by (route) (rate(http_requests_total{service="${'s'.repeat(50)}"}[5m])) > 100`
    expect(prettifyExpr(parseExpr(long)).split('\n')).toEqual([
      '  sum by (route) (',
      `    rate(http_requests_total{service="${'s'.repeat(50)}"}[5m])`,
      '  )',
      '>',
      '  100',
    ])
  })
})
