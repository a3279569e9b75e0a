export { type CompiledExpr, compile, type SelectorInfo, selectorsOf } from './compile.ts'
export { createEngine, type Engine, type EngineOptions, type QueryOptions } from './engine.ts'
export { ParseError, type Position, QueryError, type QueryErrorCode } from './errors.ts'
export type { QueryResult, QueryValue, VectorSample } from './eval/run-query.ts'
export { InvalidRegexError } from './regex/compile-regex.ts'
export { createRuleIndex, type Readers, type RuleIndex } from './rule-index.ts'
export { sortInSteps } from './sort-in-steps.ts'
export {
  createMatcher,
  isStaleAt,
  type Labels,
  type Matcher,
  type MatchType,
  matchLabels,
  type Queryable,
  type SeriesSamples,
  type SeriesSlice,
  writeStaleAt,
} from './storage.ts'
export type { Expr, ValueType } from './syntax/ast.ts'
export { typeOf } from './syntax/check-types.ts'
export { formatDuration, parseDuration } from './syntax/durations.ts'
export { formatExpr } from './syntax/format-expr.ts'
export { parseExpr } from './syntax/parse-expr.ts'
export { prettifyExpr } from './syntax/prettify-expr.ts'
