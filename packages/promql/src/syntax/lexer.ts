import { quote } from './strings.ts'
import { type Token, type TokenKind, wordKind } from './tokens.ts'

/** Gives one token after the other; an error token is the last one. */
export interface Lexer {
  next(): Token
}

const SPACE = /[ \t\n\r]+/y
const COMMENT = /#[^\n\r]*/y
const WORD = /[a-zA-Z_:][\w:]*/y
const LABEL = /[a-zA-Z_]\w*/y
const NUMBER =
  /0[xX](?:_?[\da-fA-F])+(?!\w)|(?:\d(?:_?\d)*\.?(?:\d(?:_?\d)*)?|\.\d(?:_?\d)*)(?:[eE][+-]?\d(?:_?\d)*)?(?![\w.])/y
const DURATION = /(?:\d+(?:ms|[smhdwy]))+(?!\w)/y
const OPERATOR = /==|!=|<=|>=|<\/|>\/|[-+*/%^<>]/y
const BAD_NUMBER = /[\d.][\w.]*/y
const ESCAPE = /^(?:[abfnrtv\\'"]|[0-7]{3}|x[\da-fA-F]{2}|u[\da-fA-F]{4}|U[\da-fA-F]{8})/

/**
 * Reads a query as Prometheus' lexer does, to say where and why one is malformed. It gives no tree:
 * the grammar does.
 */
export function createLexer(source: string): Lexer {
  let at = 0
  let start = 0
  let parens = 0
  let braces = false
  let brackets = false
  /** After a number in brackets the rest is read as it is outside of them. */
  let durationRead = false
  let failed: Token | undefined

  const token = (kind: TokenKind, text: string): Token => {
    at = start + text.length
    return { kind, text, start, end: at }
  }
  const fail = (reason: string, from = start): Token => {
    failed = { kind: 'error', text: reason, start: from, end: source.length }
    return failed
  }
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at
    return pattern.exec(source)?.[0]
  }

  function skip(): void {
    for (
      let found = take(SPACE) ?? take(COMMENT);
      found !== undefined;
      found = take(SPACE) ?? take(COMMENT)
    ) {
      at += found.length
    }
  }

  function string(mark: string): Token {
    if (mark === '`') {
      const end = source.indexOf('`', at + 1)
      return end < 0 ? fail('unterminated raw string') : token('string', source.slice(start, end + 1))
    }
    for (let i = at + 1; i < source.length; i++) {
      const char = source[i]
      if (char === mark) return token('string', source.slice(start, i + 1))
      if (char === '\n') break
      if (char !== '\\') continue
      const escaped = ESCAPE.exec(source.slice(i + 1, i + 10))?.[0]
      if (escaped === undefined) return badEscape(source.slice(i + 1))
      i += escaped.length
    }
    return fail('unterminated quoted string')
  }

  function badEscape(rest: string): Token {
    if (rest === '') return fail('escape sequence not terminated')
    const char = String.fromCodePoint(rest.codePointAt(0) ?? 0)
    const shown = (c: string): string => {
      const code = (c.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
      return `U+${code} '${c}'`
    }
    if (!/[0-7xuU]/.test(char)) return fail(`unknown escape sequence ${shown(char)}`)
    const illegal = /^[xuU]?[\da-fA-F]*(.)/su.exec(rest)?.[1]
    return fail(
      illegal === undefined
        ? 'escape sequence not terminated'
        : `illegal character ${shown(illegal)} in escape sequence`,
    )
  }

  function number(): Token {
    durationRead = true
    const found = take(NUMBER)
    if (found !== undefined) return token('number', found)
    const duration = take(DURATION)
    if (duration !== undefined) return token('duration', duration)
    return fail(`bad number or duration syntax: ${quote(badNumber(take(BAD_NUMBER) ?? ''))}`)
  }

  function insideBraces(char: string): Token {
    const label = take(LABEL)
    if (label !== undefined) return token('identifier', label)
    if (char === '"' || char === "'" || char === '`') return string(char)
    if (char === ',') return token('punctuation', char)
    const pair = source.slice(at, at + 2)
    if (pair === '=~' || pair === '!~' || pair === '!=') return token('operator', pair)
    if (char === '=') return token('punctuation', '=')
    if (char === '!') return fail(`unexpected character after '!' inside braces: ${rune(source, at + 1)}`)
    if (char === '{') return fail("unexpected left brace '{'", at + 1)
    if (char !== '}') return fail(`unexpected character inside braces: ${rune(source, at)}`)
    braces = false
    return token('punctuation', char)
  }

  function outside(char: string): Token {
    if (char === '"' || char === "'" || char === '`') return string(char)
    if (/\d/.test(char) || (char === '.' && /\d/.test(source[at + 1] ?? ''))) return number()
    if (brackets && char === ':') return token('punctuation', char)
    const word = take(WORD)
    if (word !== undefined) {
      if (brackets && !/^(?:step|range|min|max)/i.test(word)) {
        return fail(`unexpected character in duration expression: ${rune(source, at)}`)
      }
      return token(wordKind(word, /^\s*\(/.test(source.slice(at + word.length))), word)
    }
    const operator = take(OPERATOR)
    if (operator !== undefined) return token('operator', operator)
    return punctuation(char)
  }

  function punctuation(char: string): Token {
    switch (char) {
      case '(':
        parens++
        return token('punctuation', char)
      case ')':
        parens--
        return parens < 0 ? fail("unexpected right parenthesis ')'", at + 1) : token('punctuation', char)
      case '{':
        braces = true
        return token('punctuation', char)
      case '[':
        if (brackets) return fail("unexpected left bracket '['")
        brackets = true
        durationRead = false
        return token('punctuation', char)
      case ']':
        if (!brackets) return fail("unexpected right bracket ']'")
        brackets = false
        return token('punctuation', char)
      case ',':
      case '@':
        return token('punctuation', char)
      case '=':
        return source[at + 1] === '~'
          ? fail("unexpected character after '=': '~'")
          : token('punctuation', char)
      case '!':
        return fail(`unexpected character after '!': ${rune(source, at + 1)}`)
      default:
        return fail(`unexpected character: ${rune(source, at)}`)
    }
  }

  return {
    next() {
      if (failed) return failed
      skip()
      start = at
      const char = source[at]
      if (char !== undefined) return braces ? insideBraces(char) : outside(char)
      if (braces) return fail('unexpected end of input inside braces')
      if (brackets && !durationRead) return fail('unexpected end of input in duration expression')
      if (parens > 0) return fail('unclosed left parenthesis')
      if (brackets) return fail('unclosed left bracket')
      return { kind: 'end', text: '', start, end: start }
    },
  }
}

/** A character in Go's quotes. */
function rune(source: string, at: number): string {
  const code = source.codePointAt(at)
  if (code === undefined) return "'\\uffff'"
  const char = String.fromCodePoint(code)
  if (char === "'") return "'\\''"
  return `'${quote(char).slice(1, -1).replace('\\"', '"')}'`
}

/** How much of a malformed number or duration is read before it is given up. */
function badNumber(text: string): string {
  const digits = /^(?:0[xX][\da-fA-F_]*|[\d_]*\.?[\d_]*(?:[eE][+-]?[\d_]*)?)/.exec(text)?.[0] ?? ''
  const rest = text.slice(digits.length)
  const units = /^[smhdwy]s?(?:\d+[smhdw]s?)*(?:\d+|.)?/.exec(rest)?.[0]
  const repeated = /^[.eE]/.exec(rest)?.[0]
  return digits + (units ?? repeated ?? '')
}
