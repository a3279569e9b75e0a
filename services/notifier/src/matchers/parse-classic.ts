import type { MatcherFields } from './matcher.ts'
import { MatcherError } from './matcher-error.ts'

// White space is what Go's regular expressions take for it, which is less than JavaScript's.
const BEGINNING = /^[\t\n\f\r ]*([a-zA-Z_:][a-zA-Z0-9_:]*)[\t\n\f\r ]*(=~|=|!=|!~)[\t\n\f\r ]*/
const SPACES = '\t\n\f\r '

/** Reads one matcher in the syntax of Alertmanager before 0.27: only the value may be in quotes. @throws {MatcherError} */
export function parseClassicMatcher(text: string): MatcherFields {
  const [beginning = '', name, operator] = BEGINNING.exec(text) ?? []
  if (name === undefined || operator === undefined)
    throw new MatcherError(`bad matcher format: ${text}: write it as name="value", with =, !=, =~ or !~`)
  return {
    name,
    value: readValue(withoutSpacesAtEnd(text.slice(beginning.length))),
    isRegex: operator.endsWith('~'),
    isEqual: operator.startsWith('='),
  }
}

/** Reads matchers between commas, with or without braces around them. @throws {MatcherError} */
export function parseClassicMatchers(text: string): MatcherFields[] {
  const inside = text.replace(/^\{/, '').replace(/\}$/, '')
  return splitOutsideQuotes(inside).map(parseClassicMatcher)
}

function splitOutsideQuotes(text: string): string[] {
  const parts: string[] = []
  let part = ''
  let quoted = false
  let escaped = false
  for (const character of text) {
    if (character === ',' && !quoted) {
      parts.push(part)
      part = ''
      continue
    }
    if (character === '"' && !escaped) quoted = !quoted
    escaped = character === '\\' && !escaped
    part += character
  }
  if (part.trim() !== '') parts.push(part)
  return parts
}

/** As in OpenMetrics; a backslash that escapes nothing stands for itself. */
function readValue(raw: string): string {
  const isQuoted = raw.startsWith('"')
  const stray = () =>
    new MatcherError(`matcher value contains unescaped double quote: ${raw}: write \\" for it`)
  const inside = isQuoted ? raw.slice(1) : raw
  const end = /(?<!\\)(?:\\\\)*"/.exec(inside)
  if (isQuoted ? end === null || end.index + end[0].length !== inside.length : end !== null) throw stray()
  const escapes = isQuoted ? inside.slice(0, -1) : inside
  return escapes.replace(/\\([n"\\])/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped))
}

function withoutSpacesAtEnd(text: string): string {
  let end = text.length
  while (end > 0 && SPACES.includes(text.charAt(end - 1))) end--
  return text.slice(0, end)
}
