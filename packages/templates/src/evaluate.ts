import type { Block, Branch, Node, Pipe, Template } from './ast.ts'
import { evaluatePipe, type Scope } from './evaluate-pipe.ts'
import type { TemplateContext } from './functions.ts'
import { placeOf, TemplateError } from './template-error.ts'
import { isList, isTruthy, labelMap, printValue, type Value } from './value.ts'

/** What an alert's labels and annotations are expanded with. */
export interface AlertData {
  readonly labels: Readonly<Record<string, string>>
  readonly externalLabels: Readonly<Record<string, string>>
  readonly value: number
}

// A template is user input: bounds on its work and its text keep a loop over a large query harmless.
const MAX_STEPS = 100_000
const MAX_OUTPUT = 64 * 1024
const MAX_CALLS = 50

/**
 * Expands a template for one alert.
 * @throws TemplateError with code `execute`, its message as Go words it
 */
export function expandTemplate(template: Template, data: AlertData, context: TemplateContext): string {
  const only = template.root[0]
  if (template.root.length === 0) return ''
  if (template.root.length === 1 && only?.kind === 'text') return only.text
  const labels = labelMap(data.labels)
  const externalLabels = labelMap(data.externalLabels)
  const dot: Value = {
    kind: 'struct',
    type: 'template data',
    fields: {
      Labels: labels,
      ExternalLabels: externalLabels,
      ExternalURL: context.externalURL,
      Value: data.value,
    },
  }
  const variables = new Map<string, Value>([
    ['$labels', labels],
    ['$externalLabels', externalLabels],
    ['$externalURL', context.externalURL],
    ['$value', data.value],
  ])
  let steps = 0
  let size = 0
  let calls = 0
  const output: string[] = []
  const write = (text: string) => {
    size += text.length
    if (size > MAX_OUTPUT) throw new RangeError(`the text is longer than ${MAX_OUTPUT} characters`)
    output.push(text)
  }
  const scope: Scope = {
    context,
    variables: [variables],
    fail(span, cause) {
      if (cause instanceof TemplateError) throw cause
      const { name, source } = template
      const code = source.slice(span.start, span.end)
      const shown = code.length > 20 ? `${code.slice(0, 20)}...` : code
      const reason = cause instanceof Error ? cause.message : String(cause)
      const at = `template: ${name}:${placeOf(source, span.start)}: executing "${name}" at <${shown}>`
      throw new TemplateError('execute', `${at}: ${reason}`, { cause })
    },
  }

  const runBlock = (block: Block, dot: Value): 'break' | 'continue' | undefined => {
    for (const node of block) {
      const jump = runNode(node, dot)
      if (jump) return jump
    }
    return undefined
  }
  const inScope = <T>(body: () => T): T => {
    scope.variables.push(new Map())
    try {
      return body()
    } finally {
      scope.variables.pop()
    }
  }
  const runNode = (node: Node, dot: Value): 'break' | 'continue' | undefined => {
    if (++steps > MAX_STEPS) scope.fail(node, new RangeError(`more than ${MAX_STEPS} steps`))
    switch (node.kind) {
      case 'text':
        return void guard(node, () => write(node.text))
      case 'action': {
        const value = evaluatePipe(scope, dot, node.pipe)
        if (node.pipe.variables.length === 0) guard(node, () => write(printValue(value)))
        return undefined
      }
      case 'break':
      case 'continue':
        return node.kind
      case 'template':
        return void runTemplate(node.name, node.pipe, node, dot)
      default:
        return inScope(() => (node.kind === 'range' ? runRange(node, dot) : runIf(node, dot)))
    }
  }
  const guard = (node: Node, act: () => void) => {
    try {
      act()
    } catch (cause) {
      scope.fail(node, cause)
    }
  }
  const runIf = (node: Branch, dot: Value) => {
    const value = evaluatePipe(scope, dot, node.pipe)
    const chosen = isTruthy(value) ? node.body : node.otherwise
    return (
      chosen && inScope(() => runBlock(chosen, node.kind === 'with' && chosen === node.body ? value : dot))
    )
  }
  const runRange = (node: Branch, dot: Value) => {
    const items = entriesOf(evaluatePipe(scope, dot, { ...node.pipe, variables: [] }))
    if (!items) return scope.fail(node.pipe, new TypeError("range can't iterate over it"))
    if (items.length === 0) return node.otherwise && inScope(() => runBlock(node.otherwise ?? [], dot))
    const names = node.pipe.variables
    for (const [key, item] of items) {
      const declared = names.length === 2 ? [key, item] : [item]
      const jump = inScope(() => {
        names.forEach((name, i) => {
          if (node.pipe.assigns) scope.variables.findLast((v) => v.has(name))?.set(name, declared[i])
          else scope.variables.at(-1)?.set(name, declared[i])
        })
        return runBlock(node.body, item)
      })
      if (jump === 'break') break
    }
    return undefined
  }
  const runTemplate = (name: string, pipe: Pipe | undefined, node: Node, dot: Value) => {
    const body = template.defined.get(name)
    if (!body) return scope.fail(node, new ReferenceError(`template "${name}" not defined`))
    if (++calls > MAX_CALLS) return scope.fail(node, new RangeError('exceeded maximum template depth'))
    const value = pipe ? evaluatePipe(scope, dot, pipe) : undefined
    const outer = scope.variables
    scope.variables = [new Map([['$', value]])]
    runBlock(body, value)
    scope.variables = outer
    calls--
  }

  variables.set('$', dot)
  runBlock(template.root, dot)
  return output.join('')
}

/** What `range` runs over: pairs of key and item; undefined when it cannot. */
function entriesOf(value: Value): readonly (readonly [Value, Value])[] | undefined {
  if (value == null) return []
  if (isList(value)) return value.map((item, i) => [BigInt(i), item] as const)
  if (typeof value === 'object' && value.kind === 'map')
    return Object.keys(value.entries)
      .sort()
      .map((key) => [key, value.entries[key]] as const)
  return undefined
}
