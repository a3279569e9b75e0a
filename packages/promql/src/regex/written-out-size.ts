/** One step of an RE2 expression: quoted text, an escape, a class, a count, a group's begin, or one character. */
const TOKEN =
  /\\Q[\s\S]*?(?:\\E|$)|\\(?:[pPx]\{[^}]*\}|[pP][A-Z]|[\s\S])|\[\^?\]?(?:\\[\s\S]|\[:\^?\w+:\]|[^\]\\])*(?:\]|$)|\{\d+(?:,\d*)?\}|\(\?[a-zA-Z-]+\)|\((?:\?(?:P?<[^>]*>|[a-zA-Z-]*:))?|[\s\S]/g

/**
 * How many characters and classes an RE2 expression has with its counted repetitions written out, about. Its groups,
 * anchors and operators are counted `operatorWeight` each: they match nothing, but a program has instructions for them.
 */
export function writtenOutSize(source: string, operatorWeight: 0 | 1 = 0): number {
  const outer: number[] = []
  let before = 0
  // What a count would repeat: the last character, class, anchor or group.
  let last = 0
  for (const [token] of source.matchAll(TOKEN)) {
    const count = /^\{(\d+)(?:,(\d*))?\}$/.exec(token)
    if (count) last *= Math.max(1, Number(count[1]), Number(count[2] ?? 0))
    else if (token.startsWith('(') && !token.endsWith(')')) {
      outer.push(before + last)
      before = 0
      last = 0
    } else if (token === ')') {
      last += before + operatorWeight
      before = outer.pop() ?? 0
    } else if (/^[*+?]$/.test(token)) last += operatorWeight
    else if (!token.startsWith('(')) {
      before += last
      last = /^[|^$]$/.test(token) ? operatorWeight : token.startsWith('\\Q') ? token.length : 1
    }
  }
  return outer.reduce((sum, size) => sum + size, before + last)
}
