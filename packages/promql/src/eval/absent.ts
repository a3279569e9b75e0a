import type { Labels } from '../storage.ts'
import { type Expr, unwrapParens } from '../syntax/ast.ts'
import { addRow, type Block, createBlock, setCell } from './block.ts'
import { METRIC_NAME, NO_LABELS, setLabels } from './labels.ts'
import type { Query } from './query.ts'

/** `absent` and `absent_over_time`: 1 at the steps where no row has a value. */
export function* absentRow(query: Query, arg: Expr, input: Block): Generator<void, Block> {
  const { steps } = input
  const found = new Uint8Array(steps)
  for (let row = 0; row < input.labels.length; row++) {
    if (query.due(steps)) yield
    for (let step = 0; step < steps; step++) if (input.present[row * steps + step] === 1) found[step] = 1
  }
  if (!found.includes(0)) return createBlock(steps, 0)
  const output = createBlock(steps, 1)
  const base = addRow(output, absentLabels(arg), true)
  for (let step = 0; step < steps; step++) if (found[step] === 0) setCell(output, base + step, 1)
  return output
}

/** The labels a selector asks for by equality, each once: what is known of the series that are absent. */
function absentLabels(arg: Expr): Labels {
  const inner = unwrapParens(arg)
  const selector = inner.kind === 'matrix-selector' ? inner.selector : inner
  if (selector.kind !== 'vector-selector') return NO_LABELS
  const named = new Map<string, string>()
  const dropped = new Set<string>()
  for (const { name, type, value } of selector.matchers) {
    if (name === METRIC_NAME) continue
    if (type === '=' && !named.has(name) && !dropped.has(name)) named.set(name, value)
    else {
      named.delete(name)
      dropped.add(name)
    }
  }
  return setLabels(NO_LABELS, named)
}
