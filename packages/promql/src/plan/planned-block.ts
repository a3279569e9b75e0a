import { addRow, type Block, createBlock, setCell } from '../eval/block.ts'
import { NO_LABELS } from '../eval/labels.ts'
import type { Query } from '../eval/query.ts'
import type { PlanNode } from './plan-node.ts'

/** What a plan comes to, as the evaluator takes it. @throws BeyondPlan, QueryError */
export function plannedBlock(query: Query, plan: PlanNode): Block {
  const { labels, values, present } = plan.run({
    queryable: query.queryable,
    timeMs: query.startMs,
    lookbackMs: query.lookbackMs,
    inform: query.annotations.inform,
    charge: query.charge,
  })
  const block = createBlock(1)
  for (let row = 0; row < labels.length; row++)
    if (present[row] === 1)
      setCell(block, addRow(block, labels[row] ?? NO_LABELS, plan.dropsName), values[row] ?? Number.NaN)
  return block
}
