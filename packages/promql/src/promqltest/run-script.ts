import { compile } from '../compile.ts'
import { createEngine } from '../engine.ts'
import { QueryError } from '../errors.ts'
import type { QueryResult } from '../eval/run-query.ts'
import { children, type Expr } from '../syntax/ast.ts'
import { parseExpr } from '../syntax/parse-expr.ts'
import { checkResult, checkVector, meets } from './check-result.ts'
import { createMemoryStorage, type MemoryStorage, nativeLabelsOf } from './memory-storage.ts'
import { type EvalCommand, type LoadCommand, parseScript } from './parse-script.ts'

/** How one evaluation of a script came out. */
export interface CaseResult {
  readonly line: number
  readonly expr: string
  /** `native`: its data or what it expects holds a native histogram, which the engine does not know. */
  readonly outcome: 'passed' | 'failed' | 'native'
  /** Why it failed or is counted apart. */
  readonly reason?: string
}

/**
 * Runs a script in the format of Prometheus' promqltest, every instant query also as the middle step of a range query, as
 * Prometheus does, and as a rule that is evaluated twice.
 * @throws Error when the script cannot be read
 */
export async function runScript(script: string): Promise<CaseResult[]> {
  const storage = createMemoryStorage()
  const results: CaseResult[] = []
  for (const command of parseScript(script)) {
    if (command.kind === 'clear') storage.clear()
    else if (command.kind === 'load') load(storage, command)
    else results.push(await runCase(storage, command))
  }
  return results
}

function load(storage: MemoryStorage, { series, stepMs, withNative }: LoadCommand): void {
  for (const { labels, values } of series) {
    storage.load(labels, stepMs, values)
    const native = withNative ? nativeLabelsOf(labels) : undefined
    if (native)
      storage.load(
        native,
        stepMs,
        values.map((value) => (value === 'gap' ? 'gap' : 'converted')),
      )
  }
}

async function runCase(storage: MemoryStorage, command: EvalCommand): Promise<CaseResult> {
  const { line, expr } = command
  storage.takeHistogramRead()
  const reason = await findFault(storage, command)
  const read = storage.takeHistogramRead()
  if (command.expectsHistograms) return { line, expr, outcome: 'native', reason: 'expects native histograms' }
  if (read === 'histogram') return { line, expr, outcome: 'native', reason: 'reads native histograms' }
  if (read === 'converted') {
    return { line, expr, outcome: 'native', reason: 'reads classic histograms loaded as native ones' }
  }
  return reason === undefined ? { line, expr, outcome: 'passed' } : { line, expr, outcome: 'failed', reason }
}

async function findFault(storage: MemoryStorage, command: EvalCommand): Promise<string | undefined> {
  const engine = createEngine({ queryable: storage })
  const { expr, startMs, endMs, stepMs, fail } = command
  let result: QueryResult
  try {
    result =
      stepMs === 0 ? await engine.instant(expr, startMs) : await engine.range(expr, startMs, endMs, stepMs)
  } catch (error) {
    if (!(error instanceof QueryError)) throw error
    if (fail && meets(fail, error.message)) return undefined
    return fail ? `failed with "${error.message}"` : `failed: ${error.message}`
  }
  if (fail) return 'did not fail'
  const fault = checkResult(command, result) ?? (stepMs === 0 ? checkAsRule(storage, command) : undefined)
  if (fault !== undefined || stepMs > 0 || command.ordered || asksForBounds(parseExpr(expr))) return fault
  return result.type === 'vector' || result.type === 'scalar' ? checkAsRange(storage, command) : undefined
}

function checkAsRule(storage: MemoryStorage, command: EvalCommand): string | undefined {
  const rule = compile(command.expr)
  for (const time of ['first', 'second']) {
    const fault = checkResult(command, rule.evaluate(storage, command.startMs))
    if (fault !== undefined) return `as a rule, the ${time} time: ${fault}`
  }
  return undefined
}

/** Whether an expression tells of the query itself: its value differs between an instant and a range query. */
function asksForBounds(expr: Expr): boolean {
  const asks = expr.kind === 'call' && ['start', 'end', 'step', 'range'].includes(expr.func)
  return asks || children(expr).some(asksForBounds)
}

const MINUTE_MS = 60_000

async function checkAsRange(storage: MemoryStorage, command: EvalCommand): Promise<string | undefined> {
  const { startMs, expr, scalar } = command
  const engine = createEngine({ queryable: storage })
  const result = await engine.range(expr, startMs - MINUTE_MS, startMs + MINUTE_MS, MINUTE_MS)
  if (result.type !== 'matrix') return 'a range query gave no matrix'
  const samples = result.value.flatMap(({ labels, timestamps, values }) => {
    const at = timestamps.indexOf(startMs)
    return at < 0 ? [] : [{ labels, value: values[at] ?? Number.NaN }]
  })
  const wanted = scalar === undefined ? command : asVector(command, scalar)
  const fault = checkVector(wanted, samples)
  return fault && `as a range query: ${fault}`
}

function asVector(command: EvalCommand, scalar: number): EvalCommand {
  return { ...command, scalar: undefined, series: [{ labels: {}, values: [scalar] }] }
}
