import { type Context, isComment } from './context.ts'
import { transition } from './transition.ts'

/** A piece of a template's own text as it is written, and the place after it. */
export interface Followed {
  readonly written: string
  readonly after: Context
}

/** Follows a piece of the template's own text, and leaves out its comments. @throws HtmlContextError */
export function followText(start: Context, text: string): Followed {
  let context = start
  let written = ''
  for (let at = 0; at < text.length; ) {
    const { context: next, length } = transition(context, text.slice(at))
    const piece = text.slice(at, at + length)
    if (isComment(context.state) && context.delimiter === 'none') written += spaceFor(context, piece)
    else {
      const opens = isComment(next.state) && next.delimiter === 'none' && next.state !== context.state
      const kept = opens ? piece.slice(0, piece.length - (next.state === 'comment' ? 4 : 2)) : piece
      written += isMarkupText(context) ? withoutStrayTags(kept, next.state !== context.state && !opens) : kept
    }
    context = next
    at += length
  }
  return { written, after: context }
}

function isMarkupText({ state }: Context): boolean {
  return state === 'text' || state === 'rcdata'
}

/** A `<` that begins no tag is text. `tag`: the last one does begin one. */
function withoutStrayTags(text: string, tag: boolean): string {
  const end = tag ? text.lastIndexOf('<') : text.length
  return text.slice(0, end).replace(/<(?!!doctype)/gi, '&lt;') + text.slice(end)
}

/** A comment of a script or a style divides words, and in a script lines, as space would. */
function spaceFor({ state }: Context, comment: string): string {
  if (state === 'js-block-comment') return /[\n\r\u2028\u2029]/.test(comment) ? '\n' : ' '
  return state === 'css-block-comment' ? ' ' : ''
}
