import type { Command, Operand, Pipe, Span } from '../syntax/ast.ts'
import { isTruthy, type Value } from '../values/value.ts'
import { callWith, checkCount } from './call-with.ts'
import { fieldOf } from './fields.ts'
import { failAt, getVariable, guarded, type Scope, setVariable } from './scope.ts'

// Distinguishes "nothing was piped in" from a piped value that is nil.
const NOTHING = Symbol('nothing')
type Piped = Value | typeof NOTHING

/** The value of a pipeline, its variables set. */
export function evaluatePipe(scope: Scope, dot: Value, pipe: Pipe): Value {
  let value: Piped = NOTHING
  for (const command of pipe.commands) value = evaluateCommand(scope, dot, command, value)
  const result = value === NOTHING ? undefined : value
  for (const name of pipe.variables) setVariable(scope, name, result, pipe.assigns)
  return result
}

type Selecting = Extract<Operand, { fields: readonly string[] }>

function evaluateCommand(scope: Scope, dot: Value, command: Command, piped: Piped): Value {
  const [first, ...rest] = command.args
  guarded(scope, command, () => scope.budget.step())
  if (first.kind === 'function') return callFunction(scope, dot, first.name, first, rest, piped)
  const takesArgs = first.kind === 'field' || first.kind === 'chain' || first.kind === 'variable'
  const given = rest.length > 0 || piped !== NOTHING
  if (given && takesArgs && first.fields.length > 0) {
    const owner = ownerOf(scope, dot, first)
    const values = rest.map((arg) => evaluateOperand(scope, dot, arg))
    if (piped !== NOTHING) values.push(piped)
    return fieldOf(scope, first, owner, first.fields.at(-1) ?? '', values)
  }
  if (given) {
    const what = first.kind === 'nil' ? 'nil' : scope.running.source.slice(first.start, first.end)
    failAt(scope, first, new TypeError(`can't give argument to non-function ${what}`))
  }
  if (first.kind === 'nil') failAt(scope, first, new TypeError('nil is not a command'))
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
        : getVariable(scope, operand.name)
  return operand.fields
    .slice(0, -1)
    .reduce<Value>((value, field) => fieldOf(scope, operand, value, field, []), start)
}

function callFunction(
  scope: Scope,
  dot: Value,
  name: string,
  span: Span,
  operands: readonly Operand[],
  piped: Piped,
): Value {
  const fn = scope.functions.get(name)
  if (!fn) return failAt(scope, span, new ReferenceError(`"${name}" is not a defined function`))
  const callee = { name, params: fn.params, rest: fn.rest, cost: fn.cost }
  checkCount(scope, callee, span, operands.length + (piped === NOTHING ? 0 : 1))
  const values: Value[] = []
  for (const operand of operands) {
    const value = evaluateOperand(scope, dot, operand)
    if (name === 'or' ? isTruthy(value) : name === 'and' && !isTruthy(value)) return value
    values.push(value)
  }
  if (piped !== NOTHING) values.push(piped)
  return callWith(scope, callee, span, operands, values, (args) => fn.call(args, scope.context))
}
