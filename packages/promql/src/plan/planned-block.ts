import { addRow, type Block, createBlock, setCell } from '../eval/block.ts'
import { NO_LABELS } from '../eval/labels.ts'
import type { PlanMoment, PlanNode } from './plan-node.ts'

/** What a plan comes to, as the evaluator takes it. @throws BeyondPlan, QueryError */
export function plannedBlock(plan: PlanNode, moment: PlanMoment): Block {
  const { labels, values, present } = plan.run(moment)
  const block = createBlock(1)
  for (let row = 0; row < labels.length; row++)
    if (present[row] === 1)
      setCell(block, addRow(block, labels[row] ?? NO_LABELS, plan.dropsName), values[row] ?? Number.NaN)
  return block
}
