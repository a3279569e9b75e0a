import { isStaleAt } from '@tocsin/promql'
import { parseRuleFile } from '@tocsin/rules'
import { expect, test } from 'vitest'
import { parseTestFile } from './parse-test-file.ts'
import { runTests } from './run-tests.ts'

test('reads what a file leaves out as promtool does', () => {
  expect(parseTestFile('t.yml', '')).toMatchObject({ ruleFiles: [], evaluationIntervalMs: 60_000, tests: [] })
  const { tests } = parseTestFile(
    't.yml',
    'evaluation_interval: 30s\ntests: [{ input_series: [{ series: up, values: 1x2 }] }]',
  )
  expect(tests).toMatchObject([
    { name: '', startMs: 0, externalURL: '', inputSeries: [{ timestamps: [0, 30_000, 60_000] }] },
  ])
})

test('a series ends at its marker, and has nothing where there is a gap', () => {
  const { tests } = parseTestFile(
    't.yml',
    'tests: [{ interval: 1m, input_series: [{ series: \'up{a="b"}\', values: 1 _ stale 3+2x1 }] }]',
  )
  const [series] = tests[0]?.inputSeries ?? []
  expect(series).toMatchObject({
    labels: { __name__: 'up', a: 'b' },
    timestamps: [0, 120_000, 180_000, 240_000],
  })
  expect([0, 1, 2].map((i) => isStaleAt(series?.values ?? new Float64Array(), i))).toEqual([
    false,
    true,
    false,
  ])
})

const rules = parseRuleFile(
  'r.yml',
  'groups: [{ name: g, rules: [{ alert: Late, expr: "vector(time()) > 1769850000" }] }]',
)

test.each(['1769850000', '2026-01-31T09:00:00Z'])('a test may begin at %s', (start) => {
  const file = (extra: string) =>
    parseTestFile(
      't.yml',
      `tests: [{ start_timestamp: '${start}', alert_rule_test: [{ eval_time: 1m, alertname: Late${extra} }] }]`,
    )
  expect(runTests(file(', exp_alerts: [{}]'), rules)).toMatchObject([{ failures: [] }])
  expect(runTests(file(''), rules)).toMatchObject([{ failures: [{ kind: 'alerts' }] }])
})

test('values that differ in the last bit are equal where that is asked for, and only those', () => {
  const failures = (fuzzy: boolean, value: string) => {
    const expr = `{ expr: "0.1 + 0.2", eval_time: 0s, exp_samples: [{ labels: "{}", value: ${value} }] }`
    const file = parseTestFile('t.yml', `fuzzy_compare: ${fuzzy}\ntests: [{ promql_expr_test: [${expr}] }]`)
    return runTests(file, [])[0]?.failures.length
  }
  expect([failures(false, '0.3'), failures(true, '0.3')]).toEqual([1, 0])
  expect([failures(true, '0.29999999999999993'), failures(true, '-0.3')]).toEqual([1, 1])
})

test.each([
  ['tests: [{ start_timestamp: soon }]', 'test 1: start_timestamp: expected Unix seconds or a date'],
  ['fuzzy_compare: maybe', 't.yml:1:16: expected true or false, got "maybe"'],
  [
    'tests: [{ name: x, input_series: [{ series: h, values: "{{schema:1 sum:1}}x2" }] }]',
    'test 1, "x": series h: Tocsin keeps no native histograms',
  ],
  [
    'tests: [{ promql_expr_test: [{ expr: up, exp_samples: [{ labels: up, histogram: "{{}}" }] }] }]',
    'Tocsin keeps no native histograms: test classic ones, by le',
  ],
  [
    'tests: [{ promql_expr_test: [{ expr: up, exp_samples: [{ labels: up, value: many }] }] }]',
    'expected a number, got "many"',
  ],
  ['tests: [{ input_series: [{ values: 1 }] }]', 'series must be set'],
  ['tests: {}', 't.yml:1:8: tests: expected a list'],
])('refuses %s', (source, message) => {
  expect(() => parseTestFile('t.yml', source)).toThrow(
    expect.objectContaining({ code: 'invalid_tests', message: expect.stringContaining(message) }),
  )
})
