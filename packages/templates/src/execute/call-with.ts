import type { Span } from '../syntax/ast.ts'
import { ANY } from '../values/params.ts'
import { type Param, typeName, type Value } from '../values/value.ts'
import { failAt, type Scope } from './scope.ts'

interface Callee {
  readonly name: string
  readonly params: readonly Param[]
  readonly rest: Param | undefined
  readonly cost?: ((args: readonly Value[]) => number) | undefined
}

/** Calls a function or method once its arguments are as many, and of the types, that it takes. */
export function callWith(
  scope: Scope,
  { name, params, rest, cost }: Callee,
  span: Span,
  spans: readonly Span[],
  given: readonly Value[],
  call: (args: readonly Value[]) => Value,
): Value {
  checkCount(scope, { name, params, rest }, span, given.length)
  const values = given.map((value, i) => {
    const param = params[i] ?? rest ?? ANY
    if (param.accepts(value)) return value
    const reason = `wrong type for value; expected ${param.type}; got ${typeName(value)}`
    return failAt(scope, spans[i] ?? span, new TypeError(reason))
  })
  try {
    scope.budget.step(1 + (cost?.(values) ?? 0))
    scope.budget.charge(values)
    const result = call(values)
    scope.budget.charge([result])
    return result
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    return failAt(scope, span, new Error(`error calling ${name}: ${reason}`, { cause }))
  }
}

/** @throws TemplateError when a function gets fewer or more arguments than it takes */
export function checkCount(scope: Scope, { name, params, rest }: Callee, span: Span, count: number): void {
  if (count >= params.length && (rest || count <= params.length)) return
  const wants = rest ? `at least ${params.length}` : String(params.length)
  failAt(scope, span, new TypeError(`wrong number of args for ${name}: want ${wants} got ${count}`))
}
