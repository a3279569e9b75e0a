import { RE2JS } from 're2js'

// A template's patterns are few and come again with every alert.
const MOST_KEPT = 200
const compiled = new Map<string, RE2JS>()

/** Steps that a match takes: the engine goes through its whole program for each character. */
export function costOfRegex(pattern: string, text: string): number {
  return (text.length * (compile(pattern).programSize() + 8)) / 8
}

/** Whether the RE2 expression matches anywhere in the text. */
export function matchRegex(pattern: string, text: string): boolean {
  return compile(pattern).matcher(text).find()
}

/** Replaces every match, `$1`, `${1}` and `$name` being its groups, as Go's `ReplaceAllString`. */
export function expandRegex(pattern: string, replacement: string, text: string): string {
  const matcher = compile(pattern).matcher(text)
  return matcher.replaceAll((...found: unknown[]) => {
    const groups = found.at(-1)
    const named = typeof groups === 'object' && groups !== null ? (groups as Record<string, string>) : {}
    return replacement.replace(/\$(?:\$|\{(\w+)\}|(\w+))/g, (whole, braced?: string, bare?: string) => {
      if (whole === '$$') return '$'
      const name = braced ?? bare ?? ''
      const value =
        /^\d+$/.test(name) && Number(name) <= matcher.groupCount() ? found[Number(name)] : named[name]
      return typeof value === 'string' ? value : ''
    })
  })
}

function compile(pattern: string): RE2JS {
  const known = compiled.get(pattern)
  if (known) return known
  try {
    const regex = RE2JS.compile(pattern)
    if (compiled.size >= MOST_KEPT) compiled.clear()
    compiled.set(pattern, regex)
    return regex
  } catch (cause) {
    throw new RangeError(`error parsing regexp: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    })
  }
}
