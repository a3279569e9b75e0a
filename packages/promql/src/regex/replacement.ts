import { QueryError } from '../errors.ts'
import { createAutomaton } from './automaton.ts'
import { compileAnchored } from './compile-regex.ts'
import { findGroups } from './find-groups.ts'
import type { Program } from './program.ts'

/** Replaces one value, in steps of a fraction of a millisecond; undefined when it does not match. */
export type ReplaceInSteps = (value: string) => Generator<void, string | undefined>

/** Instructions times characters that groups are found in: it takes memory, at worst some 10 bytes for each. */
const MOST_TRIED = 1 << 20

/**
 * Compiles a fully anchored RE2 expression with a replacement in Go's syntax (`$1`, `${name}`, `$$`).
 * Replacing throws a QueryError when the value and the expression are too long for finding groups.
 * @throws InvalidRegexError
 */
export function compileReplacement(pattern: string, template: string): ReplaceInSteps {
  const program = compileAnchored(pattern)
  const automaton = createAutomaton(program)
  const parts = parseTemplate(template).map((part) =>
    typeof part === 'string' ? part : numberOf(part, program),
  )
  const needsGroups = parts.some((part) => typeof part === 'number' && part > 0)
  return function* replace(value) {
    if (!(yield* automaton.matches(value))) return undefined
    if (needsGroups && program.ops.length * (value.length + 1) > MOST_TRIED) throw tooLong(value)
    const found = needsGroups ? yield* findGroups(program, value) : undefined
    let text = ''
    for (const part of parts) text += typeof part === 'string' ? part : groupText(value, part, found)
    return text
  }
}

type Part = string | { readonly group: string }

/** Go's template syntax: the longest run of word characters after `$` is the group's name. */
function parseTemplate(template: string): Part[] {
  const parts: Part[] = []
  const pattern = /\$(?:\$|\{(\w+)\}|(\w+))|\$|[^$]+/g
  for (const [whole, braced, bare] of template.matchAll(pattern)) {
    const group = braced ?? bare
    if (group !== undefined) parts.push({ group })
    else parts.push(whole === '$$' ? '$' : whole)
  }
  return parts
}

/** The number of a group; one that the expression does not have is the empty text. */
function numberOf({ group }: { readonly group: string }, { groupCount, groupNames }: Program): number | '' {
  if (/^\d+$/.test(group)) return Number(group) <= groupCount ? Number(group) : ''
  return Object.hasOwn(groupNames, group) ? (groupNames[group] ?? '') : ''
}

/** The whole value is group 0: it matches from end to end. */
function groupText(value: string, group: number, found: Int32Array | undefined): string {
  if (group === 0) return value
  const end = found?.[2 * group + 1] ?? -1
  return end < 0 ? '' : value.slice(found?.[2 * group], end)
}

function tooLong(value: string): QueryError {
  return new QueryError(
    'execution',
    `label_replace() cannot find the groups of so long an expression in a value of ${value.length} characters: use a shorter expression, or a replacement without groups`,
  )
}
