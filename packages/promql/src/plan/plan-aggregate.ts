import { createAccumulator } from '../eval/accumulators.ts'
import type { FoldOp } from '../eval/aggregate.ts'
import { createGrouper, type Group } from '../eval/group-rows.ts'
import type { Labels } from '../storage.ts'
import type { AggregateExpr } from '../syntax/ast.ts'
import { createRows, type PlanNode } from './plan-node.ts'

/** `sum`, `avg`, `min`, …: which group a row belongs to is found once, as long as the rows are the same. */
export function planAggregate({ grouping, without }: AggregateExpr, op: FoldOp, input: PlanNode): PlanNode {
  let seen: readonly Labels[] | undefined
  let groupOf = new Int32Array(0)
  let rows = createRows([])
  let accumulator = createAccumulator(op, 0)

  function regroup(labels: readonly Labels[]): void {
    const grouper = createGrouper(grouping, without)
    const numbers = new Map<Group, number>()
    groupOf = Int32Array.from(labels, (one) => {
      const group = grouper.groupOf(one)
      const number = numbers.get(group) ?? numbers.size
      numbers.set(group, number)
      return number
    })
    rows = createRows([...numbers.keys()].map((group) => group.labels))
    accumulator = createAccumulator(op, numbers.size)
    seen = labels
  }

  return {
    dropsName: input.dropsName,
    run(moment) {
      const { labels, values, present } = input.run(moment)
      if (labels !== seen) regroup(labels)
      rows.present.fill(0)
      for (let row = 0; row < labels.length; row++) {
        if (present[row] !== 1) continue
        const number = groupOf[row] ?? 0
        accumulator.add(number, values[row] ?? 0, rows.present[number] !== 1)
        rows.present[number] = 1
      }
      accumulator.finish(rows.values, 0, rows.labels.length)
      return rows
    },
  }
}
