export type { Additions, FlapPolicy, NoDataPolicy } from './additions/additions.ts'
export { type CheckedUse, checkExpression, type UseFault } from './catalogue/check-expression.ts'
export { checkRules, type RuleUseFault } from './catalogue/check-rules.ts'
export { type KnownMetrics, knownMetrics, type LabelNames } from './catalogue/known-metrics.ts'
export { compileCustomRule } from './compile-custom-rule.ts'
export { type Compiled, compileExpression } from './compile-expression.ts'
export { parseRuleDuration } from './duration.ts'
export {
  type Operation,
  type OperationQueries,
  type OperationThresholds,
  operationQueries,
  operationRules,
  type RuleSurroundings,
  type SignalThreshold,
} from './dynamic/operation-rules.ts'
export { dynamicGroup, type RuleText, readRules, writeRules } from './dynamic/rule-text.ts'
export { SPAN_ALERT, type SpanAlertSurroundings, spanAlertRule } from './dynamic/span-alert-rule.ts'
export { expandTemplates } from './expand-rule.ts'
export { type LoadPacksOptions, loadPacks, packNames } from './load-packs.ts'
export { loadRunbook } from './load-runbook.ts'
export { parseRuleFile } from './parse-rule-file.ts'
export type { AlertingRule, NamedTemplate, Origin, RecordingRule, Rule, RuleGroup } from './rule.ts'
export { RuleError, type RuleErrorCode, type RuleFault } from './rule-error.ts'
export { type Field, type Place, readYaml, type YamlReader } from './yaml-reader.ts'
