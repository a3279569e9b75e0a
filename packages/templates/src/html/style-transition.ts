import { type Context, HtmlContextError, type State, type Step, stepTo } from './context.ts'
import { decodeCss } from './css-escape.ts'
import { fromUrl } from './url-transition.ts'

/** A style outside strings, comments and `url()`. */
export function fromStyle(context: Context, text: string): Step {
  let from = 0
  for (;;) {
    const at = text.slice(from).search(/["'(/]/)
    if (at < 0) return { context, length: text.length }
    const place = from + at
    const c = text[place]
    if (c === '"') return stepTo(context, { state: 'css-double' }, place + 1)
    if (c === "'") return stepTo(context, { state: 'css-single' }, place + 1)
    if (c === '/' && text[place + 1] === '/') return stepTo(context, { state: 'css-line-comment' }, place + 2)
    if (c === '/' && text[place + 1] === '*')
      return stepTo(context, { state: 'css-block-comment' }, place + 2)
    if (c === '(' && /(?:^|[^\w-])url[ \t\n\f\r]*$/i.test(text.slice(0, place)))
      return intoUrl(context, text, place + 1)
    from = place + 1
  }
}

function intoUrl(context: Context, text: string, from: number): Step {
  const begin = from + (/^[ \t\n\f\r]*/.exec(text.slice(from))?.[0].length ?? 0)
  const quote = text[begin]
  if (quote === '"') return stepTo(context, { state: 'css-url-double', urlPart: 'none' }, begin + 1)
  if (quote === "'") return stepTo(context, { state: 'css-url-single', urlPart: 'none' }, begin + 1)
  return stepTo(context, { state: 'css-url', urlPart: 'none' }, begin)
}

const ENDS: Readonly<Partial<Record<State, RegExp>>> = {
  'css-double': /[\\"]/g,
  'css-url-double': /[\\"]/g,
  'css-single': /[\\']/g,
  'css-url-single': /[\\']/g,
  // Without quotes a URL ends with space or the bracket.
  'css-url': /[\\ \t\n\f\r)]/g,
}

/** A string of a style or the address in `url()`, up to its end. A string may be an address as well. */
export function fromStyleString(context: Context, text: string): Step {
  const ends = ENDS[context.state] ?? /[\\"]/g
  let from = 0
  for (;;) {
    ends.lastIndex = from
    const at = ends.exec(text)?.index
    if (at === undefined) {
      const { urlPart } = fromUrl(context, decodeCss(text)).context
      return stepTo(context, { urlPart }, text.length)
    }
    if (text[at] !== '\\') return stepTo(context, { state: 'css', urlPart: 'none' }, at + 1)
    if (at + 1 === text.length) throw new HtmlContextError('unfinished escape sequence in a style')
    from = at + 2
  }
}
