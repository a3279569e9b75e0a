import { parseExpr } from '@tocsin/promql'
import { parseRuleFile } from '@tocsin/rules'
import { createHead } from '@tocsin/tsdb'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { FedSeries } from '../replay/feed-series.ts'
import { createRuleRun } from '../replay/run-rules.ts'
import { placeRules } from '../rules/rule-set.ts'
import { observeExpression } from './observe-expression.ts'
import { planBacktest } from './plan-backtest.ts'
import { createBacktest } from './run-backtest.ts'

const place = (rules: string) =>
  placeRules(parseRuleFile('r.yml', `groups: [{ name: g, rules: [${rules}] }]`), { intervalMs: 15_000 })
    .groups

const named = (name: string) => (rule: { readonly rule: { readonly name: string } }) =>
  rule.rule.name === name

test('a plan holds the recording rules that an alert needs, and what those need, and fetches what none records', () => {
  const groups = place(
    [
      '{ record: "a:b", expr: "sum(raw)" }',
      '{ record: "a:c", expr: "sum_over_time(a:b[10m])" }',
      '{ record: other, expr: "sum(elsewhere)" }',
      '{ alert: A, expr: "a:c > 1 and on () plain offset 1h", for: 2m, keep_firing_for: 1m }',
      '{ alert: B, expr: elsewhere > 1 }',
    ].join(),
  )
  const plan = planBacktest(groups, named('A'))
  expect(plan.groups.flatMap(({ rules }) => rules.map(({ rule }) => rule.name))).toEqual(['a:b', 'a:c', 'A'])
  expect(plan.selectors.map(({ matchers }) => matchers[0]?.value)).toEqual(['plain', 'raw'])
  // For and keep_firing_for, and the longest look at what is recorded.
  expect(plan.warmUpMs).toBe(180_000 + 600_000)
})

test.each([
  ['rate(x[1m]) > 5', 'rate(x[1m])', '5'],
  ['5 < x', 'x', '5'],
  ['(x / y > 14.4 * 0.001) and on (a) z > 1', 'x / y', '14.4 * 0.001'],
  ['x > 1 unless y', 'x', '1'],
  ['a > b', 'a', undefined],
  ['absent(x)', 'absent(x)', undefined],
  ['x > bool 1', 'x > bool 1', undefined],
  ['x or y > 1', 'x or y > 1', undefined],
])('of %s is looked at %s, with the limit %s', (source, watched, limit) => {
  const head = createHead()
  for (const name of ['x', 'y', 'z', 'a', 'b']) {
    const series = head.intern({ __name__: name }, 'test')
    if ('ref' in series) for (let t = 0; t <= 60_000; t += 15_000) head.append(series, t, t / 1000 + 1)
  }
  const observer = observeExpression(parseExpr(source), head)
  observer.look(60_000)
  const lines = observer.lines()
  if (watched !== 'absent(x)') expect(lines.find(({ isLimit }) => !isLimit)?.name).toBe(watched)
  expect(lines.find(({ isLimit }) => isLimit)?.name).toBe(limit)
})

/** A level that jumps, at 15 s. */
const levels = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 20, maxLength: 120 })

test('a backtest in parts tells what an evaluation of everything at once tells', () => {
  const groups = place(
    '{ alert: High, expr: "max_over_time(level[30s]) > 1", for: 45s, keep_firing_for: 30s }',
  )
  fc.assert(
    fc.property(levels, fc.integer({ min: 1, max: 40 }), (values, partSteps) => {
      const stepMs = 15_000
      const series: FedSeries = {
        labels: { __name__: 'level' },
        timestamps: values.map((_, i) => i * stepMs),
        values: Float64Array.from(values),
      }
      const toMs = values.length * stepMs
      const plan = planBacktest(groups, () => true)
      const backtest = createBacktest({ plan, fromMs: 0, toMs, stepMs, points: 10 })
      for (let fromMs = backtest.dataFromMs; fromMs < toMs; fromMs += partSteps * stepMs) {
        const untilMs = Math.min(toMs, fromMs + partSteps * stepMs)
        const within = values
          .map((value, i) => ({ time: i * stepMs, value }))
          .filter(({ time }) => time >= fromMs && time <= untilMs)
        const part = {
          labels: series.labels,
          timestamps: within.map(({ time }) => time),
          values: Float64Array.from(within, ({ value }) => value),
        }
        backtest.replay([part], untilMs)
      }
      const told = backtest
        .result()
        .episodes.map(({ pendingAtMs, firedAtMs, endedAtMs }) => [pendingAtMs, firedAtMs, endedAtMs])

      const head = createHead()
      const all = head.intern(series.labels, 'test')
      if ('ref' in all) for (const [i, value] of values.entries()) head.append(all, i * stepMs, value)
      const expected: (number | undefined)[][] = []
      const run = createRuleRun({
        groups,
        head,
        externalURL: '',
        changed(_, changes, atMs) {
          for (const { alert, transition } of changes) {
            if (transition === 'pending') expected.push([alert.activeAt, undefined, undefined])
            const last = expected.at(-1)
            if (!last) continue
            if (transition === 'firing') last[1] = atMs
            if (alert.phase === 'resolved' || alert.phase === 'inactive') last[2] = atMs
          }
        },
      })
      for (let atMs = 0; atMs <= toMs; atMs += stepMs) run.evaluate(atMs)
      expect(told).toEqual(expected)
    }),
    { numRuns: 60 },
  )
})
