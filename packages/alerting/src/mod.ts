export { type Alert, type AlertPhase, type Change, isActive } from './alerts/alert.ts'
export { createEngine, type Engine, type EngineListener, type EngineOptions } from './evaluation/engine.ts'
export type { Evaluated, Moment, Trigger } from './evaluation/evaluate-rule.ts'
export { EvaluationError, type EvaluationErrorCode } from './evaluation/evaluation-error.ts'
export type { RuleStatus } from './evaluation/rule-status.ts'
export {
  type PlacedGroup,
  type PlacedRule,
  type PlacingOptions,
  placeRules,
  type RuleRef,
  type RuleSet,
} from './rules/rule-set.ts'
