import type { Labels } from '../storage.ts'
import type { AggregateExpr } from '../syntax/ast.ts'
import type { Block } from './block.ts'
import { keyOf, labelsKey, METRIC_NAME, NO_LABELS, omitLabels, pickLabels } from './labels.ts'
import type { Query } from './query.ts'

/** One group of an aggregation: series fall into it by its key, its labels are the result's. */
export interface Group {
  readonly key: string
  readonly labels: Labels
}

/** The group of a series, remembered by the identity of its labels. */
export type Grouper = (labels: Labels) => Group

/** Looking at a row's labels costs about as much as this many samples. */
const UNITS_PER_ROW = 32

const groupers = new WeakMap<AggregateExpr, Grouper>()

/** The grouper of an expression; a compiled rule finds its series' groups again at every evaluation. */
export function grouperOf(expr: AggregateExpr): Grouper {
  const known = groupers.get(expr)
  if (known) return known
  const grouper = createGrouper(expr.grouping, expr.without)
  groupers.set(expr, grouper)
  return grouper
}

export function createGrouper(grouping: readonly string[], without: boolean): Grouper {
  if (!without && grouping.length === 0) {
    const all: Group = { key: '', labels: NO_LABELS }
    return () => all
  }
  const names = without ? [...grouping, METRIC_NAME] : [...grouping].sort()
  const byLabels = new WeakMap<Labels, Group>()
  return (labels) => {
    const known = byLabels.get(labels)
    if (known) return known
    const kept = without ? omitLabels(labels, names) : pickLabels(labels, names)
    const group = { key: without ? labelsKey(kept) : keyOf(labels, names), labels: kept }
    byLabels.set(labels, group)
    return group
  }
}

/** Which group each row belongs to, groups numbered in order of appearance. */
export function* groupRows(
  query: Query,
  block: Block,
  grouper: Grouper,
): Generator<void, { groupOf: Int32Array; groups: Group[] }> {
  const groupOf = new Int32Array(block.labels.length)
  const groups: Group[] = []
  const numbers = new Map<string, number>()
  for (let row = 0; row < groupOf.length; row++) {
    if (query.due(UNITS_PER_ROW)) yield
    const group = grouper(block.labels[row] ?? NO_LABELS)
    let number = numbers.get(group.key)
    if (number === undefined) {
      number = groups.push(group) - 1
      numbers.set(group.key, number)
    }
    groupOf[row] = number
  }
  return { groupOf, groups }
}
