import type { Command, Operand, Pipe, Span } from './ast.ts'
import { accepts, findFunction, PARAM_TYPES, type TemplateContext } from './functions.ts'
import { callMethod, hasMethods } from './methods.ts'
import { isTruthy, typeName, type Value } from './value.ts'

/** The state of one expansion: variables by scope, innermost last. */
export interface Scope {
  readonly context: TemplateContext
  variables: Map<string, Value>[]
  /** Throws the TemplateError that says where. */
  fail(span: Span, cause: unknown): never
}

// Distinguishes "nothing was piped in" from a piped value that is nil.
const NOTHING = Symbol('nothing')
type Piped = Value | typeof NOTHING

/** The value of a pipeline, its variables set. */
export function evaluatePipe(scope: Scope, dot: Value, pipe: Pipe): Value {
  let value: Piped = NOTHING
  for (const command of pipe.commands) value = evaluateCommand(scope, dot, command, value)
  const result = value === NOTHING ? undefined : value
  for (const name of pipe.variables) {
    if (pipe.assigns) scope.variables.findLast((v) => v.has(name))?.set(name, result)
    else scope.variables.at(-1)?.set(name, result)
  }
  return result
}

type Selecting = Extract<Operand, { fields: readonly string[] }>

function evaluateCommand(scope: Scope, dot: Value, { args }: Command, piped: Piped): Value {
  const [first, ...rest] = args
  if (first.kind === 'function') return callFunction(scope, dot, first.name, first, rest, piped)
  const takesArgs = first.kind === 'field' || first.kind === 'chain' || first.kind === 'variable'
  const given = rest.length > 0 || piped !== NOTHING
  if (given && takesArgs && first.fields.length > 0) {
    const owner = ownerOf(scope, dot, first)
    const values = rest.map((arg) => evaluateOperand(scope, dot, arg))
    if (piped !== NOTHING) values.push(piped)
    return fieldOf(scope, first, owner, first.fields.at(-1) ?? '', values)
  }
  if (given)
    scope.fail(
      first,
      new TypeError(`can't give argument to non-function ${first.kind === 'nil' ? 'nil' : ''}`.trim()),
    )
  if (first.kind === 'nil') scope.fail(first, new TypeError('nil is not a command'))
  return evaluateOperand(scope, dot, first)
}

function evaluateOperand(scope: Scope, dot: Value, operand: Operand): Value {
  switch (operand.kind) {
    case 'dot':
      return dot
    case 'nil':
      return null
    case 'literal':
      return operand.value
    case 'function':
      return callFunction(scope, dot, operand.name, operand, [], NOTHING)
    case 'pipe':
      return evaluatePipe(scope, dot, operand.pipe)
    default: {
      const owner = ownerOf(scope, dot, operand)
      const last = operand.fields.at(-1)
      return last === undefined ? owner : fieldOf(scope, operand, owner, last, [])
    }
  }
}

/** The value whose last field is asked for; the value itself when no field is. */
function ownerOf(scope: Scope, dot: Value, operand: Selecting): Value {
  const start =
    operand.kind === 'field'
      ? dot
      : operand.kind === 'chain'
        ? evaluateOperand(scope, dot, operand.of)
        : scope.variables.findLast((v) => v.has(operand.name))?.get(operand.name)
  return operand.fields
    .slice(0, -1)
    .reduce<Value>((value, field) => fieldOf(scope, operand, value, field, []), start)
}

function fieldOf(scope: Scope, span: Span, owner: Value, field: string, args: readonly Value[]): Value {
  if (owner === undefined || owner === null)
    return scope.fail(span, new TypeError(`nil pointer evaluating interface {}.${field}`))
  if (typeof owner === 'object' && 'kind' in owner) {
    if (hasMethods(owner)) {
      try {
        return callMethod(owner, field, args)
      } catch (cause) {
        return scope.fail(span, cause)
      }
    }
    const fields = owner.kind === 'map' ? owner.entries : owner.fields
    const found = Object.hasOwn(fields, field)
    if (args.length > 0 && (found || owner.kind === 'map'))
      scope.fail(span, new TypeError(`${field} has arguments but cannot be invoked as function`))
    if (found) return fields[field]
    if (owner.kind === 'map') return owner.zero
  }
  return scope.fail(span, new TypeError(`can't evaluate field ${field} in type ${typeName(owner)}`))
}

function callFunction(
  scope: Scope,
  dot: Value,
  name: string,
  span: Span,
  operands: readonly Operand[],
  piped: Piped,
): Value {
  const fn = findFunction(name)
  if (!fn) return scope.fail(span, new ReferenceError(`"${name}" is not a defined function`))
  const count = operands.length + (piped === NOTHING ? 0 : 1)
  if (count < fn.params.length || (!fn.rest && count > fn.params.length)) {
    const wants = fn.rest ? `at least ${fn.params.length}` : String(fn.params.length)
    scope.fail(span, new TypeError(`wrong number of args for ${name}: want ${wants} got ${count}`))
  }
  const values: Value[] = []
  for (const operand of operands) {
    const value = evaluateOperand(scope, dot, operand)
    if (name === 'or' ? isTruthy(value) : name === 'and' && !isTruthy(value)) return value
    values.push(value)
  }
  if (piped !== NOTHING) values.push(piped)
  values.forEach((value, i) => {
    const param = fn.params[i] ?? fn.rest ?? 'any'
    if (!accepts(param, value))
      scope.fail(
        operands[i] ?? span,
        new TypeError(`wrong type for value; expected ${PARAM_TYPES[param]}; got ${typeName(value)}`),
      )
  })
  try {
    return fn.call(values, scope.context)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    return scope.fail(span, new Error(`error calling ${name}: ${reason}`, { cause }))
  }
}
