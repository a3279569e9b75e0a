import { printValue } from '../values/print-value.ts'
import type { Value } from '../values/value.ts'
import { type Context, HtmlContextError, isComment } from './context.ts'
import { escapeCssString, filterCssValue } from './css-escape.ts'
import { escapeJsString, jsLiteral } from './js-escape.ts'
import {
  escapeAttribute,
  escapeRcdata,
  escapeText,
  escapeUnquoted,
  filterAttributeName,
} from './markup-escape.ts'
import { escapeUrlPart, filterSrcset, filterUrl, normalizeUrl } from './url-escape.ts'

type Escaper = (value: Value) => Value

/**
 * The escapers that a value goes through at a place, in this order.
 * @param done the function that has escaped it already, `html` or `urlquery`
 * @throws HtmlContextError for a place that no value can be put into safely
 */
export function escapersFor(place: Context, done: string | undefined): readonly Escaper[] {
  const escapers = [...escapersOfState(place), ...escapersOfDelimiter(place)]
  const left = escapers.filter((escaper) => equivalent.get(escaper) !== done || done === undefined)
  return left.length > 0 ? left : [printValue]
}

/** What makes a second escaping of the same kind needless. */
const equivalent = new Map<Escaper, string>([
  [escapeText, 'html'],
  [escapeRcdata, 'html'],
  [escapeAttribute, 'html'],
  [escapeUrlPart, 'urlquery'],
  [normalizeUrl, 'urlquery'],
])

function escapersOfState(place: Context): readonly Escaper[] {
  switch (place.state) {
    case 'text':
      return [escapeText]
    case 'rcdata':
      return [escapeRcdata]
    case 'attr':
      return []
    case 'tag':
    case 'attr-name':
      return [filterAttributeName]
    case 'srcset':
      return [filterSrcset]
    case 'url':
    case 'css-url':
    case 'css-url-double':
    case 'css-url-single':
      return place.urlPart === 'query' ? [escapeUrlPart] : urlEscapers(place, normalizeUrl)
    case 'css-double':
    case 'css-single':
      return place.urlPart === 'query' ? [escapeUrlPart] : urlEscapers(place, escapeCssString)
    case 'css':
      return [filterCssValue]
    case 'js':
      return [jsLiteral]
    case 'js-double':
    case 'js-single':
      return [escapeJsString]
    default:
      if (isComment(place.state)) return [() => '']
      throw new HtmlContextError(`a value cannot be put safely inside ${place.state}`)
  }
}

/** Where a URL begins, its scheme is looked at. */
function urlEscapers({ urlPart }: Context, encoder: Escaper): readonly Escaper[] {
  return urlPart === 'none' ? [filterUrl, encoder] : [encoder]
}

function escapersOfDelimiter({ delimiter }: Context): readonly Escaper[] {
  if (delimiter === 'none') return []
  return delimiter === 'space' ? [escapeUnquoted] : [escapeAttribute]
}
