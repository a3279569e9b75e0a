import type { Labels } from '../storage.ts'
import type { AggregateExpr } from '../syntax/ast.ts'
import type { Block } from './block.ts'
import { keyOf, labelsKey, METRIC_NAME, NO_LABELS, omitLabels, pickLabels } from './labels.ts'
import type { Query } from './query.ts'

/** One group of an aggregation; its labels are the result's. */
export interface Group {
  readonly labels: Labels
}

/** Finds the groups of series; equal groups are one object for as long as an evaluation runs. */
export interface Grouper {
  /** To be called before an evaluation: forgets groups when there have been too many. */
  begin(): void
  groupOf(labels: Labels): Group
}

/** Looking at a row's labels costs about as much as this many samples. */
const UNITS_PER_ROW = 32
/** Groups a rule remembers between evaluations. */
const MOST_GROUPS = 100_000

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
    const all: Group = { labels: NO_LABELS }
    return { begin: () => {}, groupOf: () => all }
  }
  const names = without ? [...grouping, METRIC_NAME] : [...grouping].sort()
  let byKey = new Map<string, Group>()
  return {
    begin() {
      if (byKey.size >= MOST_GROUPS) byKey = new Map()
    },
    groupOf(labels) {
      const kept = without ? omitLabels(labels, names) : undefined
      const key = kept ? labelsKey(kept) : keyOf(labels, names)
      const known = byKey.get(key)
      if (known) return known
      const group = { labels: kept ?? pickLabels(labels, names) }
      byKey.set(key, group)
      return group
    },
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
  const numbers = new Map<Group, number>()
  grouper.begin()
  for (let row = 0; row < groupOf.length; row++) {
    if (query.due(UNITS_PER_ROW)) yield
    const group = grouper.groupOf(block.labels[row] ?? NO_LABELS)
    let number = numbers.get(group)
    if (number === undefined) {
      number = groups.push(group) - 1
      numbers.set(group, number)
    }
    groupOf[row] = number
  }
  return { groupOf, groups }
}
