export { createMemoryStorage, type MemoryStorage } from './memory-storage.ts'
export { parseSeries, type ScriptSeries } from './parse-script.ts'
export type { SequenceValue } from './parse-values.ts'
export { type CaseResult, runScript } from './run-script.ts'
