import type { Output } from '../execute/output.ts'
import type { Value } from '../values/value.ts'
import { type Context, HtmlContextError, isComment, START } from './context.ts'
import { escapersFor } from './escapers-for.ts'
import { nudged, transition } from './transition.ts'

/**
 * What `html/template` writes: each value is escaped for the place that it stands in, which is followed through the text as
 * it is written. Comments are left out, as Go leaves them out.
 */
export function createHtmlOutput(): Output {
  let context = START
  return {
    text(text) {
      const { written, after } = follow(context, text)
      context = after
      return written
    },
    value(value, functions) {
      const place = nudged(context)
      const text = escapeFor(place, value, functions)
      context = place.state === 'js' ? { ...place, slash: 'division' } : place
      return text
    },
    end() {
      if (context.state !== 'text')
        throw new HtmlContextError(`the template ends inside ${context.state}, not between tags`)
    },
  }
}

/** `html` and `urlquery` in a pipeline have escaped already: as its last stage they are taken for what they are. */
function escapeFor(place: Context, value: Value, functions: readonly (string | undefined)[]): string {
  const escaping = functions.findIndex((name) => name === 'html' || name === 'urlquery')
  const last = functions.length - 1
  const unquoted = place.state === 'attr' && place.delimiter === 'space' && functions[escaping] === 'html'
  if (escaping >= 0 && (escaping < last || unquoted))
    throw new HtmlContextError(`predefined escaper "${functions[escaping]}" disallowed in template`)
  const escapers = escapersFor(place, escaping < 0 ? undefined : functions[last])
  return escapers.reduce<Value>((text, escaper) => escaper(text), value) as string
}

/** Follows a piece of the template's own text. */
function follow(start: Context, text: string): { written: string; after: Context } {
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
