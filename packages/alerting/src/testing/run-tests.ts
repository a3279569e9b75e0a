import type { Labels, VectorSample } from '@tocsin/promql'
import type { RuleGroup } from '@tocsin/rules'
import { createHead, type Head } from '@tocsin/tsdb'
import type { Alert } from '../alerts/alert.ts'
import { createSeriesFeed } from '../replay/feed-series.ts'
import { createRuleRun, type RuleFailure } from '../replay/run-rules.ts'
import { type PlacedGroup, placeRules } from '../rules/rule-set.ts'
import { compareAlerts, compareSamples, type Difference, withoutInstructions } from './compare.ts'
import type { AlertTest, ExpectedAlert, ExpectedSample, ExprTest, TestFile, TestGroup } from './test-file.ts'

/** Why a test fails. Times in milliseconds after the test's start. */
export type TestFailure =
  | { readonly kind: 'rule'; readonly name: string; readonly evalTimeMs: number; readonly reason: string }
  | {
      readonly kind: 'alerts'
      readonly test: AlertTest
      readonly differences: readonly Difference<ExpectedAlert>[]
    }
  | {
      readonly kind: 'samples'
      readonly test: ExprTest
      readonly differences: readonly Difference<ExpectedSample>[]
    }
  | { readonly kind: 'expr'; readonly test: ExprTest; readonly reason: string }

/** What came of one test group of a file. */
export interface TestGroupResult {
  readonly name: string
  /** Counted from 1. */
  readonly number: number
  readonly failures: readonly TestFailure[]
}

/**
 * Runs the tests of a file on rules, as `promtool test rules` does: every rule at every interval, whatever its group's
 * own, over a head that holds what came until then.
 */
export function runTests(tests: TestFile, rules: readonly RuleGroup[]): readonly TestGroupResult[] {
  const { groups } = placeRules(rules, { intervalMs: tests.evaluationIntervalMs })
  const rank = ({ name }: PlacedGroup) => Math.max(0, tests.groupEvalOrder.indexOf(name))
  const ordered = groups.toSorted((a, b) => rank(a) - rank(b))
  return tests.tests.map((test, i) => ({
    name: test.name,
    number: i + 1,
    failures: runGroup(test, tests, ordered),
  }))
}

function runGroup(test: TestGroup, file: TestFile, groups: readonly PlacedGroup[]): readonly TestFailure[] {
  const { startMs, alertTests, exprTests, externalLabels, externalURL } = test
  const { evaluationIntervalMs: stepMs } = file
  const head = createHead()
  const run = createRuleRun({ groups, head, externalLabels, externalURL })
  const feed = createSeriesFeed(head, groups)
  feed.add(test.inputSeries)
  const failures: TestFailure[] = []
  const lastMs = Math.max(0, ...[...alertTests, ...exprTests].map(({ evalTimeMs }) => evalTimeMs))
  for (let elapsedMs = 0; elapsedMs <= lastMs; elapsedMs += stepMs) {
    feed.advance(startMs + elapsedMs)
    const failed = run.evaluate(startMs + elapsedMs)
    // What follows would be measured by rules that do not work.
    if (failed.length > 0) return [...failures, ...failed.map((failure) => ruleFailure(failure, startMs))]
    for (const alertTest of alertTests) {
      const { evalTimeMs, alertname, expected } = alertTest
      if (evalTimeMs < elapsedMs || evalTimeMs >= elapsedMs + stepMs) continue
      const rules = groups.flatMap((group) => group.rules).filter(({ rule }) => rule.name === alertname)
      const got = rules.flatMap((rule) => firing(run.alertsOf(rule)))
      const differences = compareAlerts(expected, got)
      if (differences.length > 0) failures.push({ kind: 'alerts', test: alertTest, differences })
    }
  }
  feed.advance(startMs + lastMs)
  return [...failures, ...exprTests.flatMap((exprTest) => runExprTest(exprTest, file, head, startMs))]
}

function ruleFailure({ rule, atMs, reason }: RuleFailure, startMs: number): TestFailure {
  return { kind: 'rule', name: rule.ref.name, evalTimeMs: atMs - startMs, reason }
}

function firing(alerts: ReadonlyMap<string, Alert>): readonly ExpectedAlert[] {
  return [...alerts.values()]
    .filter(({ phase }) => phase === 'firing')
    .map(({ labels, annotations }) => ({ labels, annotations: withoutInstructions(annotations) }))
}

function runExprTest(
  test: ExprTest,
  { fuzzyCompare }: TestFile,
  head: Head,
  startMs: number,
): readonly TestFailure[] {
  try {
    const got = evaluateToSamples(test, head, startMs + test.evalTimeMs)
    const differences = compareSamples(test.expected, got, fuzzyCompare)
    return differences.length > 0 ? [{ kind: 'samples', test, differences }] : []
  } catch (error) {
    return [{ kind: 'expr', test, reason: error instanceof Error ? error.message : String(error) }]
  }
}

const NO_LABELS: Labels = {}

function evaluateToSamples({ compiled }: ExprTest, head: Head, timeMs: number): readonly VectorSample[] {
  const result = compiled.evaluate(head, timeMs)
  if (result.type === 'vector') return result.value
  if (result.type === 'scalar') return [{ labels: NO_LABELS, value: result.value }]
  throw new TypeError(`a test compares a vector or a scalar, not a ${result.type}`)
}
