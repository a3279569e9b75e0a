import type { Block, Node, Span } from './ast.ts'

/** A `{{template "name"}}` of a block, or of the blocks inside it. */
export interface TemplateCall extends Span {
  readonly name: string
}

export function callsOf(block: Block): readonly TemplateCall[] {
  return block.flatMap((node: Node): readonly TemplateCall[] => {
    if (node.kind === 'template') return [node]
    const isBranch = node.kind === 'if' || node.kind === 'with' || node.kind === 'range'
    return isBranch ? [...callsOf(node.body), ...callsOf(node.otherwise ?? [])] : []
  })
}
