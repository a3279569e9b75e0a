import { type Matcher, parseExpr, QueryError } from '@tocsin/promql'
import { badParameter } from './api-error.ts'

/** The selector that a `match[]` parameter is. @throws {ApiError} */
export function parseSelector(text: string): readonly Matcher[] {
  const expr = parse(text)
  if (expr.kind !== 'vector-selector' || expr.offsetMs !== 0 || expr.at !== undefined)
    throw badParameter(
      'match[]',
      `1:1: parse error: ${JSON.stringify(text)} is not a series selector such as up{job="api"}`,
    )
  if (expr.matchers.every((matcher) => matcher.matches('')))
    throw badParameter('match[]', 'match[] must contain at least one non-empty matcher')
  return expr.matchers
}

function parse(text: string) {
  try {
    return parseExpr(text)
  } catch (error) {
    if (!(error instanceof QueryError)) throw error
    // The language forbids such a selector too, but the API has words of its own for it.
    const empty = error.message.includes('must contain at least one non-empty matcher')
    const reason = empty ? 'match[] must contain at least one non-empty matcher' : error.message
    throw badParameter('match[]', reason, error)
  }
}
