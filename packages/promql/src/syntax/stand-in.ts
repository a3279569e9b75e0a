/** A same-length, same-arity stand-in for functions that the grammar knows in durations only. */
const STAND_INS: Readonly<Record<string, string>> = { min_of: 'absent', max_of: 'absent' }

const SKIPPED = /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`[^`]*`|#[^\n]*/y
const MIN_MAX = /(?<![\w:])(?:min_of|max_of)(?=\s*\()/y
const TRAILING_POINT = /(?<![\w.:])\d[\d_]*\.(?![\d\w])/y

/**
 * The text as the grammar can read it, every offset unchanged: `min_of(…)` outside of a range
 * and `2.` are valid PromQL that it lacks. Names and numbers are read from the original text later.
 */
export function standIn(source: string): string {
  if (!/m(?:in|ax)_of|\d\./.test(source)) return source
  let text = ''
  let brackets = 0
  for (let i = 0; i < source.length; ) {
    const skipped = matchAt(SKIPPED, source, i)
    const word = skipped === undefined && brackets === 0 ? matchAt(MIN_MAX, source, i) : undefined
    const number = skipped === undefined ? matchAt(TRAILING_POINT, source, i) : undefined
    const found = skipped ?? word ?? number
    const char = source[i] ?? ''
    if (char === '[') brackets++
    else if (char === ']') brackets--
    text += word ? (STAND_INS[word] ?? word) : number ? `${number.slice(0, -1)} ` : (found ?? char)
    i += found?.length ?? 1
  }
  return text
}

function matchAt(pattern: RegExp, source: string, at: number): string | undefined {
  pattern.lastIndex = at
  return pattern.exec(source)?.[0]
}
