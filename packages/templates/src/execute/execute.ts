import type { Dialect } from '../functions/dialect.ts'
import type { Block, Branch, Definition, Definitions, Node, Pipe } from '../syntax/ast.ts'
import { printValue } from '../values/print-value.ts'
import { isKind, isTruthy, type Value } from '../values/value.ts'
import { createBudget, type Limits } from './budget.ts'
import { evaluatePipe } from './evaluate-pipe.ts'
import type { Output } from './output.ts'
import { failAt, guarded, inBlock, type Scope, setVariable } from './scope.ts'

export interface Execution<Context> {
  /** The template to run. */
  readonly main: Definition
  /** Those that it may call. */
  readonly defined: Definitions
  readonly dialect: Dialect<Context>
  readonly context: Context
  readonly dot: Value
  /** The values of the dialect's variables. */
  readonly variables?: Readonly<Record<string, Value>>
  readonly limits: Limits
  readonly output: Output
}

type Jump = 'break' | 'continue' | undefined

/** Runs a template. @throws TemplateError with code `execute`, its message as Go words it */
export function executeTemplate<Context>(execution: Execution<Context>): string {
  const { main, dot, output, defined } = execution
  const scope: Scope = {
    functions: execution.dialect.functions,
    context: execution.context,
    budget: createBudget(execution.limits),
    running: main,
    variables: [new Map([['$', dot], ...Object.entries(execution.variables ?? {})])],
  }
  const run: Run = { scope, defined, output, written: [] }
  runBlock(run, main.body, dot)
  guarded(scope, { start: main.source.length, end: main.source.length }, () => output.end())
  return run.written.join('')
}

interface Run {
  readonly scope: Scope
  readonly defined: Definitions
  readonly output: Output
  readonly written: string[]
}

function runBlock(run: Run, block: Block, dot: Value): Jump {
  for (const node of block) {
    const jump = runNode(run, node, dot)
    if (jump) return jump
  }
  return undefined
}

function runNode(run: Run, node: Node, dot: Value): Jump {
  const { scope, output } = run
  guarded(scope, node, () => scope.budget.step())
  switch (node.kind) {
    case 'text':
      return write(run, node, () => output.text(node.text))
    case 'action': {
      const value = evaluatePipe(scope, dot, node.pipe)
      if (node.pipe.variables.length > 0) return undefined
      return write(run, node, () => output.value(value, stagesOf(node.pipe)))
    }
    case 'break':
    case 'continue':
      return node.kind
    case 'template':
      return runTemplate(run, node, dot)
    default:
      return inBlock(scope, () => (node.kind === 'range' ? runRange(run, node, dot) : runIf(run, node, dot)))
  }
}

function write({ scope, written }: Run, node: Node, make: () => string): undefined {
  guarded(scope, node, () => {
    const text = make()
    scope.budget.write(text.length)
    written.push(text)
  })
}

function stagesOf(pipe: Pipe): (string | undefined)[] {
  return pipe.commands.map(({ args: [first] }) => (first.kind === 'function' ? first.name : undefined))
}

function runIf(run: Run, node: Branch, dot: Value): Jump {
  const value = evaluatePipe(run.scope, dot, node.pipe)
  const chosen = isTruthy(value) ? node.body : node.otherwise
  if (!chosen) return undefined
  const inner = node.kind === 'with' && chosen === node.body ? value : dot
  return inBlock(run.scope, () => runBlock(run, chosen, inner))
}

function runRange(run: Run, node: Branch, dot: Value): Jump {
  const { scope } = run
  const { variables: names, assigns } = node.pipe
  const over = evaluatePipe(scope, dot, { ...node.pipe, variables: [] })
  const items = entriesOf(over)
  if (!items) return failAt(scope, node.pipe, new TypeError(`range can't iterate over ${printValue(over)}`))
  let count = 0
  for (const [key, item] of items) {
    count++
    guarded(scope, node, () => scope.budget.step())
    const declared = names.length === 2 ? [key, item] : [item]
    const jump = inBlock(scope, () => {
      names.forEach((name, i) => {
        setVariable(scope, name, declared[i], assigns)
      })
      return runBlock(run, node.body, item)
    })
    if (jump === 'break') return undefined
  }
  if (count > 0 || !node.otherwise) return undefined
  const otherwise = node.otherwise
  return inBlock(scope, () => runBlock(run, otherwise, dot))
}

function runTemplate(run: Run, node: Extract<Node, { kind: 'template' }>, dot: Value): undefined {
  const { scope, defined } = run
  const called = defined.get(node.name)
  if (!called) return failAt(scope, node, new ReferenceError(`template "${node.name}" not defined`))
  const value = node.pipe ? evaluatePipe(scope, dot, node.pipe) : undefined
  const { variables, running } = scope
  guarded(scope, node, () =>
    scope.budget.deeper(() => {
      scope.variables = [new Map([['$', value]])]
      scope.running = called
      runBlock(run, called.body, value)
    }),
  )
  scope.variables = variables
  scope.running = running
}

/** What `range` runs over: pairs of key and item; undefined when it cannot. */
function entriesOf(value: Value): Iterable<readonly [Value, Value]> | undefined {
  if (value == null) return []
  if (typeof value === 'bigint') return countTo(value)
  if (isKind(value, 'list')) return value.items.map((item, i) => [BigInt(i), item] as const)
  if (!isKind(value, 'map')) return undefined
  return Object.keys(value.entries)
    .sort()
    .map((key) => [key, value.entries[key]] as const)
}

function* countTo(end: bigint): Generator<readonly [Value, Value]> {
  for (let at = 0n; at < end; at++) yield [at, at]
}
