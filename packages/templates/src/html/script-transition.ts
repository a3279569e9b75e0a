import { type Context, HtmlContextError, type State, type Step, stepTo } from './context.ts'

// After these words comes an expression, so that a slash begins a regular expression.
const BEFORE_EXPRESSION =
  /(?:^|[^\w$])(?:break|case|continue|delete|do|else|finally|in|instanceof|return|throw|try|typeof|void)$/

const QUOTES: Readonly<Record<string, State>> = {
  '"': 'js-double',
  "'": 'js-single',
  '`': 'js-template',
}
const ENDS: Readonly<Partial<Record<State, string>>> = {
  'js-double': '"',
  'js-single': "'",
  'js-template': '`',
  'js-regexp': '/',
}

/** Script outside strings, comments and regular expressions. */
export function fromScript(context: Context, text: string): Step {
  const at = text.search(/["'`/]/)
  if (at < 0) return stepTo(context, { slash: slashAfter(text, context.slash) }, text.length)
  const slash = slashAfter(text.slice(0, at), context.slash)
  const quoted = QUOTES[text.charAt(at)]
  if (quoted) return stepTo(context, { state: quoted, slash: 'regexp' }, at + 1)
  if (text[at + 1] === '/') return stepTo(context, { state: 'js-line-comment', slash }, at + 2)
  if (text[at + 1] === '*') return stepTo(context, { state: 'js-block-comment', slash }, at + 2)
  return slash === 'regexp'
    ? stepTo(context, { state: 'js-regexp', slash }, at + 1)
    : stepTo(context, { slash: 'regexp' }, at + 1)
}

/** A string or a regular expression, up to its end. */
export function fromScriptString(context: Context, text: string): Step {
  const end = ENDS[context.state] ?? '"'
  let inClass = false
  for (let at = 0; at < text.length; at++) {
    const c = text.charAt(at)
    if (c === '\\') {
      if (++at === text.length) throw new HtmlContextError('unfinished escape sequence in a script')
    } else if (context.state === 'js-regexp' && c === '[') inClass = true
    else if (c === ']') inClass = false
    else if (c === end && !inClass) return stepTo(context, { state: 'js', slash: 'division' }, at + 1)
  }
  if (inClass) throw new HtmlContextError('unfinished character class in a regular expression of a script')
  return { context, length: text.length }
}

/** What a slash would begin after this piece of script. */
function slashAfter(text: string, before: Context['slash']): Context['slash'] {
  const code = text.trimEnd()
  const last = code.at(-1)
  if (last === undefined) return before
  if (last === '+' || last === '-') {
    const run = code.length - code.replace(/[+-]+$/, '').length
    // `x++ /` divides, `x + /` does not.
    return run % 2 === 1 ? 'regexp' : 'division'
  }
  if (last === '.') return /\d\.$/.test(code) ? 'division' : 'regexp'
  if (',<>=*%&|^?!~({[;:}'.includes(last)) return 'regexp'
  return BEFORE_EXPRESSION.test(code) ? 'regexp' : 'division'
}
