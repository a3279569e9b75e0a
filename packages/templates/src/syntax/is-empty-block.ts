import type { Block } from './ast.ts'

/** Whether a block is nothing but space: Go lets such a template replace no other of its name. */
export function isEmptyBlock(block: Block): boolean {
  return block.every((node) => node.kind === 'text' && node.text.trim() === '')
}
