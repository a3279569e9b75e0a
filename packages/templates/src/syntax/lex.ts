import { placeOf, TemplateError } from '../template-error.ts'

export type TokenKind =
  | 'text'
  | 'open'
  | 'close'
  | 'word'
  | 'field'
  | 'variable'
  | 'dot'
  | 'string'
  | 'number'
  | 'char'
  | 'symbol'
  | 'end'

export interface Token {
  readonly kind: TokenKind
  /** As written; of text, after trimming. */
  readonly text: string
  readonly start: number
  readonly end: number
  /** White space stood before it, so that it begins a new operand. */
  readonly spaced: boolean
}

// One alternative per kind, tried in this order. The names of the groups are token kinds.
const TOKEN = new RegExp(
  [
    /(?<string>"(?:[^"\\\n]|\\.)*"|`[^`]*`)/u,
    /(?<char>'(?:[^'\\\n]|\\.)+')/u,
    /(?<number>[+-]?(?:0[xX][\da-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?))/u,
    /(?<field>\.[\p{L}_][\p{L}\p{Nd}_]*)/u,
    /(?<variable>\$[\p{L}\p{Nd}_]*)/u,
    /(?<word>[\p{L}_][\p{L}\p{Nd}_]*)/u,
    /(?<dot>\.)/u,
    /(?<symbol>:=|[=|(),])/u,
  ]
    .map((r) => r.source)
    .join('|'),
  'yu',
)
const SPACE = /[ \t\r\n]*/y
const TRIM_LEFT = /^[ \t\r\n]+/

/** A pattern anchored at the end alone would try every run of spaces before it. */
function trimRight(text: string): string {
  let end = text.length
  while (end > 0 && ' \t\r\n'.includes(text.charAt(end - 1))) end--
  return text.slice(0, end)
}

/** Cuts a Go template into tokens. Trim markers and comments are applied here. @throws TemplateError */
export function lexTemplate(name: string, source: string): readonly Token[] {
  const tokens: Token[] = []
  const fail = (at: number, reason: string): never => {
    throw new TemplateError('parse', `template: ${name}:${placeOf(source, at)}: ${reason}`)
  }
  let at = 0
  let trimNext = false
  const pushText = (end: number, trimEnd: boolean) => {
    let text = source.slice(at, end)
    if (trimNext) text = text.replace(TRIM_LEFT, '')
    if (trimEnd) text = trimRight(text)
    if (text !== '') tokens.push({ kind: 'text', text, start: at, end, spaced: false })
  }
  for (;;) {
    const open = source.indexOf('{{', at)
    if (open < 0) break
    const trims = /^-[ \t\r\n]/.test(source.slice(open + 2, open + 4))
    pushText(open, trims)
    let inside = open + (trims ? 4 : 2)
    if (source.startsWith('/*', inside)) {
      const close = source.indexOf('*/', inside + 2)
      if (close < 0) fail(open, 'unclosed comment')
      const end = /^(?:[ \t\r\n]-)?\}\}/.exec(source.slice(close + 2, close + 6))
      if (!end) return fail(open, 'comment ends before closing delimiter')
      at = close + 2 + end[0].length
      trimNext = end[0].length > 2
      continue
    }
    tokens.push({ kind: 'open', text: '{{', start: open, end: inside, spaced: false })
    for (;;) {
      SPACE.lastIndex = inside
      const space = SPACE.exec(source)?.[0].length ?? 0
      const start = inside + space
      const trimClose = space > 0 && source.startsWith('-}}', start)
      if (trimClose || source.startsWith('}}', start)) {
        at = start + (trimClose ? 3 : 2)
        tokens.push({ kind: 'close', text: '}}', start, end: at, spaced: space > 0 })
        trimNext = trimClose
        break
      }
      if (start >= source.length) fail(open, 'unclosed action')
      TOKEN.lastIndex = start
      const match = TOKEN.exec(source)
      if (!match) {
        const quote = source[start]
        if (quote === '"') fail(start, 'unterminated quoted string')
        if (quote === '`') fail(start, 'unterminated raw quoted string')
        const point = source.codePointAt(start) ?? 0
        fail(
          start,
          `unrecognized character in action: U+${point.toString(16).toUpperCase().padStart(4, '0')}`,
        )
        break
      }
      inside = TOKEN.lastIndex
      const kind = Object.entries(match.groups ?? {}).find(([, text]) => text !== undefined)?.[0]
      tokens.push({ kind: kind as TokenKind, text: match[0], start, end: inside, spaced: space > 0 })
    }
  }
  pushText(source.length, false)
  tokens.push({ kind: 'end', text: '', start: source.length, end: source.length, spaced: true })
  return tokens
}
