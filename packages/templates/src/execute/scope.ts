import type { Dialect } from '../functions/dialect.ts'
import type { Definition, Span } from '../syntax/ast.ts'
import { placeOf, TemplateError } from '../template-error.ts'
import type { Value } from '../values/value.ts'
import type { Budget } from './budget.ts'

/** The state of one expansion. */
export interface Scope {
  readonly functions: Dialect<unknown>['functions']
  readonly context: unknown
  readonly budget: Budget
  /** The template that runs: messages name it. */
  running: Definition
  /** Variables by block, innermost last. */
  variables: Map<string, Value>[]
}

/** @throws TemplateError that says where, as Go words it */
export function failAt({ running }: Scope, span: Span, cause: unknown): never {
  if (cause instanceof TemplateError) throw cause
  const { name, file, source } = running
  const code = source.slice(span.start, span.end)
  const shown = code.length > 20 ? `${code.slice(0, 20)}...` : code
  const reason = cause instanceof Error ? cause.message : String(cause)
  const at = `template: ${file}:${placeOf(source, span.start)}: executing "${name}" at <${shown}>`
  throw new TemplateError('execute', `${at}: ${reason}`, { cause })
}

/** The result of the work; what it throws is told with its place. */
export function guarded<T>(scope: Scope, span: Span, work: () => T): T {
  try {
    return work()
  } catch (cause) {
    return failAt(scope, span, cause)
  }
}

/** Declares a variable in the innermost block, or sets the nearest of its name. */
export function setVariable(scope: Scope, name: string, value: Value, assigns: boolean): void {
  if (assigns) scope.variables.findLast((block) => block.has(name))?.set(name, value)
  else scope.variables.at(-1)?.set(name, value)
}

export function getVariable(scope: Scope, name: string): Value {
  return scope.variables.findLast((block) => block.has(name))?.get(name)
}

/** Runs the work with a block of variables of its own. */
export function inBlock<T>(scope: Scope, work: () => T): T {
  scope.variables.push(new Map())
  try {
    return work()
  } finally {
    scope.variables.pop()
  }
}
