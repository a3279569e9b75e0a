import type { Span } from '../syntax/ast.ts'
import { durationMethods } from '../time/duration-methods.ts'
import { timeMethods } from '../time/time-methods.ts'
import { isKind, type Method, type MethodSet, typeName, type Value } from '../values/value.ts'
import { callWith } from './call-with.ts'
import { failAt, type Scope } from './scope.ts'

const namedIntMethods: MethodSet = {
  String: { params: [], call: (owner) => (isKind(owner, 'named-int') ? owner.text : '') },
}

function methodOf(owner: Value, name: string): Method | undefined {
  if (typeof owner !== 'object' || owner === null || owner.kind === 'safe') return undefined
  const methods =
    owner.kind === 'time'
      ? timeMethods
      : owner.kind === 'duration'
        ? durationMethods
        : owner.kind === 'named-int'
          ? namedIntMethods
          : owner.methods
  return methods && Object.hasOwn(methods, name) ? methods[name] : undefined
}

/** `.Owner.Field arg`: a method before a field, and a key of a map before nothing. */
export function fieldOf(
  scope: Scope,
  span: Span,
  owner: Value,
  field: string,
  args: readonly Value[],
): Value {
  if (owner == null) return failAt(scope, span, new TypeError(`nil pointer evaluating interface {}.${field}`))
  const method = methodOf(owner, field)
  if (method)
    return callWith(
      scope,
      { name: field, params: method.params, rest: method.rest },
      span,
      [],
      args,
      (given) => {
        scope.budget.charge([owner])
        return method.call(owner, given)
      },
    )
  if (isKind(owner, 'map') || isKind(owner, 'struct')) {
    const fields = isKind(owner, 'map') ? owner.entries : owner.fields
    const found = Object.hasOwn(fields, field)
    if (args.length > 0 && (found || owner.kind === 'map'))
      failAt(scope, span, new TypeError(`${field} has arguments but cannot be invoked as function`))
    if (found) return fields[field]
    if (owner.kind === 'map') return owner.zero
  }
  return failAt(scope, span, new TypeError(`can't evaluate field ${field} in type ${typeName(owner)}`))
}
