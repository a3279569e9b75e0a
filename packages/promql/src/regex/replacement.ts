import type { RE2JS } from 're2js'
import { compileAnchored } from './compile-regex.ts'

/**
 * Compiles a fully anchored RE2 expression with a replacement in Go's syntax (`$1`, `${name}`, `$$`).
 * The result is undefined for a value that does not match.
 * @throws InvalidRegexError
 */
export function compileReplacement(pattern: string, template: string): (value: string) => string | undefined {
  const regex = compileAnchored(pattern)
  const parts = parseTemplate(template)
  return (value) => {
    const matcher = regex.matcher(value)
    if (!matcher.matches()) return undefined
    let text = ''
    for (const part of parts) text += typeof part === 'string' ? part : groupText(regex, matcher, part.group)
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

function groupText(regex: RE2JS, matcher: ReturnType<RE2JS['matcher']>, group: string): string {
  if (/^\d+$/.test(group)) {
    const number = Number(group)
    return number <= regex.groupCount() ? (matcher.group(number) ?? '') : ''
  }
  return Object.hasOwn(regex.namedGroups(), group) ? (matcher.group(group) ?? '') : ''
}
