import { describe, expect, it } from 'vitest'
import { ParseError } from '../errors.ts'
import { type Expr, unwrapParens } from './ast.ts'
import { formatExpr } from './format-expr.ts'
import { parseExpr } from './parse-expr.ts'

/** The expression with every operation in brackets. */
function grouped(source: string): string {
  const show = (expr: Expr): string => {
    const inner = unwrapParens(expr)
    if (inner.kind === 'binary') return `[${show(inner.lhs)} ${inner.op} ${show(inner.rhs)}]`
    return inner.kind === 'unary' ? `[${inner.op}${show(inner.expr)}]` : formatExpr(inner)
  }
  return show(parseExpr(source))
}

describe('operators', () => {
  it.each([
    ['1 + 2 * 3 ^ 4', '[1 + [2 * [3 ^ 4]]]'],
    ['2 ^ 3 ^ 2', '[2 ^ [3 ^ 2]]'],
    ['a - b - c', '[[a - b] - c]'],
    ['-1 ^ 2', '[-[1 ^ 2]]'],
    ['-1 * 2', '[-1 * 2]'],
    ['-a * b', '[[-a] * b]'],
    ['-a ^ b', '[-[a ^ b]]'],
    ['2 ^ -1 ^ 2', '[2 ^ [-[1 ^ 2]]]'],
    ['2 ^ -1 * 3', '[[2 ^ -1] * 3]'],
    ['a or b and c unless d', '[a or [[b and c] unless d]]'],
    ['a == b + 1 or c', '[[a == [b + 1]] or c]'],
    ['a atan2 b / c', '[[a atan2 b] / c]'],
    ['a + b offset 5m * c', '[a + [b offset 5m * c]]'],
    ['-b offset 5m', '[-b offset 5m]'],
    ['a * b @ 10 + c', '[[a * b @ 10.000] + c]'],
  ])('groups %s as Prometheus does', (source, wanted) => {
    expect(grouped(source)).toBe(wanted)
  })

  it('gives modifiers and ranges to the selector before them', () => {
    expect(formatExpr(parseExpr('1 + rate(a[5m] offset 1h)'))).toBe('1 + rate(a[5m] offset 1h)')
    expect(formatExpr(parseExpr('max_over_time((a + b)[1h:5m] @ end())'))).toBe(
      'max_over_time((a + b)[1h:5m] @ end())',
    )
  })
})

describe('what only Prometheus 3 knows', () => {
  it.each([
    ['{"metric.with.dots", "label name"="x"}', '{"label name"="x",__name__="metric.with.dots"}'],
    ['sum by ("a.b", c) (m)', 'sum by ("a.b", c) (m)'],
    ['rate(m[300])', 'rate(m[5m])'],
    ['m offset 90', 'm offset 1m30s'],
    ['min_of(1, 2.) + max_of(3, 4)', 'min_of(1, 2) + max_of(3, 4)'],
    ['1_000 + 0x1F', '1000 + 31'],
    ['5m', '5m'],
  ])('reads %s', (source, wanted) => {
    expect(formatExpr(parseExpr(source))).toBe(wanted)
  })
})

describe('errors', () => {
  it.each([
    ['', '1:1: parse error: no expression found in input'],
    ['1+', '1:3: parse error: unexpected end of input'],
    ['*1', '1:1: parse error: unexpected <op:*>'],
    ['(1))', "1:5: parse error: unexpected right parenthesis ')'"],
    ['((1)', '1:5: parse error: unclosed left parenthesis'],
    ['1 == 1', '1:3: parse error: comparisons between scalars must use BOOL modifier'],
    ['1 and 1', '1:1: parse error: set operator "and" not allowed in binary scalar expression'],
    ['foo bar', '1:5: parse error: unexpected identifier "bar"'],
    ['sum(foo bar)', '1:9: parse error: unexpected identifier "bar" in aggregation'],
    ['sum(a,)', '1:6: parse error: trailing commas not allowed in function call args'],
    ['foo(a)', '1:1: parse error: unknown function with name "foo"'],
    [
      'rate(a)',
      '1:6: parse error: expected type range vector in call to function "rate", got instant vector',
    ],
    ['sum(1)', '1:5: parse error: expected type instant vector in aggregation expression, got scalar'],
    [
      'topk(a)',
      '1:1: parse error: wrong number of arguments for aggregate expression provided, expected 2, got 1',
    ],
    ['round(a, 1, 2)', '1:1: parse error: expected at most 2 argument(s) in call to "round", got 3'],
    ['a{b="c" d="e"}', '1:9: parse error: unexpected identifier "d" in label matching, expected "," or "}"'],
    ['a{b}', '1:4: parse error: unexpected "}" in label matching, expected label matching operator'],
    ['{b=~".*"}', '1:1: parse error: vector selector must contain at least one non-empty matcher'],
    ['a{__name__="b"}', '1:1: parse error: metric name must not be set twice: "a" or "b"'],
    ['sum by a (b)', '1:8: parse error: unexpected identifier "a" in grouping opts, expected "("'],
    [
      'a + on(x) group_left(x) b',
      '1:3: parse error: label "x" must not occur in ON and GROUP clause at once',
    ],
    ['a and on(x) group_left b', '1:1: parse error: no grouping allowed for "and" operation'],
    ['a + bool b', '1:3: parse error: bool modifier can only be used on comparison operators'],
    ['"x', '1:1: parse error: unterminated quoted string'],
    ['(a)[5m]', '1:4: parse error: ranges only allowed for vector selectors'],
    ['a offset 1m offset 2m', '1:1: parse error: offset may not be set multiple times'],
    ['a[0s]', '1:3: parse error: duration must be greater than 0'],
    ['a[5m', '1:5: parse error: unclosed left bracket'],
    ['a[5mx]', '1:3: parse error: bad number or duration syntax: "5mx"'],
    [
      '-a[5m]',
      '1:1: parse error: unary expression only allowed on expressions of type scalar or instant vector, got "range vector"',
    ],
    ['up\n  + + *', '2:7: parse error: unexpected <op:*>'],
    ['"é" + (', '1:9: parse error: unclosed left parenthesis'],
    ['a smoothed', '1:1: parse error: smoothed modifier is experimental and not enabled'],
    ['info(a)', '1:1: parse error: function "info" is not enabled'],
  ])('of %j are told as Prometheus tells them', (source, message) => {
    expect(() => parseExpr(source)).toThrow(expect.objectContaining({ code: 'parse_error', message }))
  })

  it('name a regular expression that RE2 refuses', () => {
    expect(() => parseExpr('a{b=~"(?=c)"}')).toThrow(/^1:3: parse error: error parsing regexp/)
  })

  it('are given for expressions made to exhaust the parser', () => {
    for (const source of [
      '('.repeat(60_000),
      `${'-'.repeat(5000)}1`,
      `${'a+'.repeat(20_000)}a`,
      'a'.repeat(70_000),
    ]) {
      expect(() => parseExpr(source)).toThrow(ParseError)
    }
  })

  it('refuses many regular expressions that are only together too large', () => {
    const matchers = Array.from({ length: 5 }, (_, i) => `l${i}=~"(.?){1000}"`)
    expect(() => parseExpr(`m{${matchers.slice(1).join()}}`)).not.toThrow()
    expect(() => parseExpr(`m{${matchers.join()}}`)).toThrow(/repeat more than 4000 characters together/)
  })
})
