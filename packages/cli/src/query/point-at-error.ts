const POSITION = /(\d+):(\d+): (parse error: .*)/s

/** A backend's message; where it names a place in the expression, with a caret under that place. */
export function pointAtError(expr: string, message: string): string {
  const [, line = '', column = '', reason = ''] = POSITION.exec(message) ?? []
  const lines = expr.split('\n')
  const found = lines[Number(line) - 1]
  if (found === undefined) return message
  // Columns are bytes of UTF-8. What stands before the caret becomes blanks, but tabs stay, to keep it in line.
  const before = Buffer.from(found)
    .subarray(0, Number(column) - 1)
    .toString()
  const shown = lines.toSpliced(Number(line), 0, `${before.replace(/[^\t]/gu, ' ')}^`)
  return [`${line}:${column}: ${reason}`, '', ...shown.map((text) => `  ${text}`)].join('\n')
}
