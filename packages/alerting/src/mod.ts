export { type Alert, type AlertPhase, type Change, isActive } from './alerts/alert.ts'
export type { ObservedLine } from './backtest/observe-expression.ts'
export { type BacktestPlan, planBacktest } from './backtest/plan-backtest.ts'
export {
  type Backtest,
  type BacktestOptions,
  type BacktestResult,
  createBacktest,
  type Episode,
} from './backtest/run-backtest.ts'
export { createEngine, type Engine, type EngineListener, type EngineOptions } from './evaluation/engine.ts'
export type { Evaluated, Moment, Trigger } from './evaluation/evaluate-rule.ts'
export { EvaluationError, type EvaluationErrorCode } from './evaluation/evaluation-error.ts'
export { createRuleStatus, type RuleStatus } from './evaluation/rule-status.ts'
export { type Trial, type TriedAlert, tryRule } from './evaluation/try-rule.ts'
export { RULES_SOURCE } from './evaluation/write-series.ts'
export { createSeriesFeed, type FedSeries, type SeriesFeed } from './replay/feed-series.ts'
export { createRuleRun, type RuleFailure, type RuleRun, type RuleRunOptions } from './replay/run-rules.ts'
export {
  groupId,
  type PlacedGroup,
  type PlacedRule,
  type PlacingOptions,
  placeRules,
  type RuleRef,
  type RuleSet,
} from './rules/rule-set.ts'
export type { Difference } from './testing/compare.ts'
export { parseTestFile } from './testing/parse-test-file.ts'
export { runTests, type TestFailure, type TestGroupResult } from './testing/run-tests.ts'
export type {
  AlertTest,
  ExpectedAlert,
  ExpectedSample,
  ExprTest,
  TestFile,
  TestGroup,
} from './testing/test-file.ts'
