import type { Tree } from '@lezer/common'
import { ParseError } from '../errors.ts'

/** The first syntax error of a tree, in Prometheus' words; undefined when there is none. */
export function findSyntaxError(source: string, tree: Tree): ParseError | undefined {
  if (source.trim() === '')
    return new ParseError(source, { start: 0, end: 0 }, 'no expression found in input')
  let found: { start: number; end: number } | undefined
  tree.iterate({
    enter: (node) => {
      if (node.type.isError && !found) found = { start: node.from, end: node.to }
      return found === undefined
    },
  })
  return found && new ParseError(source, found, 'unexpected input')
}
